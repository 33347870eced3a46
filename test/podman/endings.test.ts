import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../../src/adapters/clock/system-clock.ts";
import { ProcProcessTable } from "../../src/adapters/process-table/process-table.ts";
import { lastLines, lastWord } from "../../src/engine/last-lines.ts";
import { Subject } from "../contract/subject.ts";
import type { EngineHarness } from "../engine-contract.ts";
import { podmanHarness } from "./podman-harness.ts";
import { eventually, podman } from "./running-daemon.ts";

const MEMORY = { memory: 16 * 1024 ** 2 };
const shell = (text: string) => ({ entrypoint: ["/bin/sh", "-c"], args: [text] });

describe("how a container ended", () => {
  const world: { harness?: EngineHarness; rig?: Subject; count: number } = { count: 0 };
  beforeAll(async () => {
    world.harness = await podmanHarness();
  });
  afterAll(() => world.harness?.dispose());
  beforeEach(() => {
    if (!world.harness) throw new Error("there is no harness");
    world.count += 1;
    world.rig = new Subject(world.harness, `end${world.count}`);
  });
  afterEach(() => world.rig?.dispose());
  const subject = (): Subject => {
    if (!world.rig) throw new Error("there is no subject outside of a test");
    return world.rig;
  };
  const processes = new ProcProcessTable();

  describe("by the kernel, for want of memory,", () => {
    it("is told by the kernel's log, though the engine says nothing", async () => {
      const rig = subject();
      const { id, name } = await rig.run({ spec: { resources: MEMORY, entrypoint: ["/bin/tail", "/dev/zero"] } });
      const { exitCode } = await rig.until(name, "exited");
      const { startedAt } = await rig.engine.inspect(name);
      expect([exitCode, processes.oomKill(id, startedAt)]).toEqual([137, "limit"]);
    });

    it("is not what a container died of that somebody killed", async () => {
      const rig = subject();
      const { id, name } = await rig.run({ spec: { resources: MEMORY } });
      const { startedAt } = await rig.engine.inspect(name);
      await rig.harness.crash(name);
      const { exitCode } = await rig.until(name, "exited");
      expect([exitCode, processes.oomKill(id, startedAt)]).toEqual([137, null]);
    });

    it("ends a child alone, where its parent takes that well", async () => {
      const rig = subject();
      const { id, name } = await rig.run({ spec: { resources: MEMORY, ...shell("tail /dev/zero; exit 3") } });
      const { exitCode } = await rig.until(name, "exited");
      const { startedAt } = await rig.engine.inspect(name);
      expect([exitCode, processes.oomKill(id, startedAt)]).toEqual([3, "limit"]);
    });
  });

  describe("in its own last words", () => {
    const from = (rig: Subject) => ({ engine: rig.engine, clock: new SystemClock() });

    it("the line that it did not finish comes last", async () => {
      const rig = subject();
      const { name } = await rig.run({ spec: shell("echo one; echo two >&2; printf 'no such table'; exit 1") });
      await rig.until(name, "exited");
      const lines = await lastLines(from(rig), name, { lines: 200 });
      expect(lines.find(({ stream }) => stream === "stderr")?.text).toBe("two");
      // 4.3.1 puts it behind the line before, with nothing between the two.
      expect(lastWord(lines.filter(({ stream }) => stream === "stdout"))).toMatch(/no such table$/);
    });

    it("are the last ones of many", async () => {
      const rig = subject();
      const { name } = await rig.run({ spec: shell("seq 1 5000") });
      await rig.until(name, "exited");
      const lines = await lastLines(from(rig), name, { lines: 200 });
      expect([lines.length, lines[0]?.text, lastWord(lines)]).toEqual([200, "4801", "5000"]);
    });

    it("are none where it said nothing, or is gone", async () => {
      const rig = subject();
      const { name } = await rig.run({ spec: shell("exit 3") });
      await rig.until(name, "exited");
      expect(await lastLines(from(rig), name, { lines: 200 })).toEqual([]);
      await rig.engine.remove(name, { force: false });
      expect(await lastLines(from(rig), name, { lines: 200 })).toEqual([]);
    });
  });

  it("a health command that hangs is ended with its children, and nothing else inside is", async () => {
    const rig = subject();
    const { id, name } = await rig.run({
      spec: { healthCommand: { command: ["/bin/sh", "-c", "sleep 3001 & sleep 3002; true"], timeout: 300 } },
    });
    /** What runs in it. A killed child of a killed shell waits for a first process that reaps, and does nothing. */
    const inside = (): readonly string[] =>
      readdirSync("/proc").flatMap((pid) => {
        try {
          if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(`libpod-${id}`)) return [];
          const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
          return line === "" ? [] : line;
        } catch {
          return [];
        }
      });
    await podman("exec", "-d", name, "sleep", "3003");
    for (let round = 0; round < 3; round += 1) {
      expect(await rig.engine.healthcheck(name)).toMatchObject({ exitCode: 124 });
    }
    await eventually(() =>
      expect(
        inside()
          .filter((line) => !line.includes("conmon"))
          .toSorted(),
      ).toEqual(["/bin/sleep 2147483647", "sleep 3003"]),
    );
  });

  it("of another store's container the monitor is no stray of ours", async () => {
    const rig = subject();
    const { id } = await rig.run();
    const told = new Set<string>();
    const { graphRoot } = await rig.engine.info();
    expect(processes.strays(told, graphRoot).map(({ containerId }) => containerId)).toContain(id);
    expect(processes.strays(told, "/home/ada/.local/share/containers/storage")).toEqual([]);
    expect(processes.running()).toContain(id);
  });
});
