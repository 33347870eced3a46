import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Boot } from "./reboot/boot.ts";
import { RESTING, WANTED, WARM_UP } from "./reboot/catalogue.ts";

const run = promisify(execFile);
const SANDBOX = path.resolve(import.meta.dirname, "../../scripts/sandbox");
/** What a container that ran before a boot is after it, by Podman's major version. */
const AFTER_BOOT: Readonly<Record<string, string>> = { 4: "created", 5: "exited" };
const BOOT = path.join(import.meta.dirname, "reboot/boot.ts");

describe("a power cut", () => {
  const machine = { disk: "" };
  beforeEach(() => {
    machine.disk = mkdtempSync(path.join(tmpdir(), "reboot-"));
  });
  afterEach(() => rmSync(machine.disk, { recursive: true, force: true }));

  /** A sandbox over the same disk is the same machine after it was switched on again. */
  const boot = async (which: "first" | "again" | "late", keepRun: string): Promise<Boot> => {
    const env = { ...process.env, SANDBOX_KEEP: machine.disk, SANDBOX_KEEP_RUN: keepRun, SANDBOX_IMAGES: "" };
    const { stdout } = await run(SANDBOX, ["node", BOOT, which], { env, timeout: 110_000 });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  };

  test.each([
    ["in memory, as almost everywhere", ""],
    ["on a disk, so that Podman's addresses, locks and runtime states outlive the boot", "1"],
  ])(
    "brings every wanted app back in the order of their needs, and leaves alone what is stopped or foreign, where /run is %s",
    async (_where, keepRun) => {
      const before = await boot("first", keepRun);
      expect(existsSync(path.join(machine.disk, "run/libpod/alive"))).toBe(keepRun !== "");
      const after = await boot("again", keepRun);

      expect(after.states).toEqual({ zeta: "ready", middle: "ready", alpha: "ready", [RESTING]: "stopped" });
      expect(after.page).toBe("alpha\n");
      const starts = WANTED.map((app) => after.containers[`${app}.g1`]?.startedAt ?? Number.NaN);
      for (const [at, start] of starts.entries()) {
        expect(start).toBeGreaterThan(Math.max(...Object.values(before.containers).map(({ startedAt }) => startedAt)));
        // Each waits until the one before it answers, not just until it has begun.
        if (at > 0) expect(start - (starts[at - 1] ?? 0)).toBeGreaterThanOrEqual(WARM_UP);
      }
      // Started again, not made again.
      for (const [name, { id }] of Object.entries(before.containers)) expect(after.containers[name]?.id).toBe(id);
      expect(after.containers[`${RESTING}.g1`]?.startedAt).toBeLessThan(starts[0] ?? 0);
      // Whose it is may want it started or not; Podman itself says so after a boot.
      const { stdout: version } = await run("podman", ["version", "--format", "{{.Client.Version}}"]);
      const state = AFTER_BOOT[version.split(".")[0] ?? ""] ?? `not known of Podman ${version}`;
      expect(after.foreign).toBe(before.foreign.replace("running", state));
      expect(before.repairs).toEqual([]);
      expect(after.repairs.map(({ result }) => result)).toEqual(keepRun === "" ? [] : ["ok"]);
    },
  );

  test("with /run on a disk, and somebody's container started before the daemon, brings them back as well", async () => {
    const before = await boot("first", "1");
    const after = await boot("late", "1");
    expect(after.states).toEqual({ zeta: "ready", middle: "ready", alpha: "ready", [RESTING]: "stopped" });
    expect(after.page).toBe("alpha\n");
    expect(after.earlyStays).toBe(true);
    // Podman goes on taking it for running: nothing of what is not ours was changed.
    expect(after.foreign).toBe(before.foreign);
    expect(after.repairs.map(({ result }) => result)).toEqual(["noted"]);
  });
});
