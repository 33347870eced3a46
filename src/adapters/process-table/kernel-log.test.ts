import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { oomKillsOf, readKernelLog } from "./kernel-log.ts";
import { ProcProcessTable } from "./process-table.ts";

const OURS = "a".repeat(64);
const THEIRS = "b".repeat(64);

/** One record, as the kernel writes it (6.18). */
const record = (micros: number, said: string): string => `6,100996,${micros},-;${said}\n`;
const kill = (constraint: string, oomGroup: string, group: string): string =>
  `oom-kill:constraint=${constraint},nodemask=(null),cpuset=x,mems_allowed=0,${oomGroup}task_memcg=${group},task=tail,pid=10257,uid=0`;
const LIMIT = kill("CONSTRAINT_MEMCG", `oom_memcg=/libpod_parent/libpod-${OURS},`, `/libpod_parent/libpod-${OURS}`);

describe("the kernel's log", () => {
  test.each([
    ["a limit of its own on cgroup v1", LIMIT, [{ containerId: OURS, own: true, at: 11_000 }]],
    [
      "a limit of its own on cgroup v2",
      kill(
        "CONSTRAINT_MEMCG",
        `oom_memcg=/machine.slice/libpod-${OURS}.scope,`,
        `/machine.slice/libpod-${OURS}.scope/container`,
      ),
      [{ containerId: OURS, own: true, at: 11_000 }],
    ],
    [
      "the limit of a group around it",
      kill("CONSTRAINT_MEMCG", "oom_memcg=/machine.slice,", `/machine.slice/libpod-${OURS}.scope`),
      [{ containerId: OURS, own: false, at: 11_000 }],
    ],
    [
      "a machine without memory",
      kill("CONSTRAINT_NONE", "global_oom,", `/machine.slice/libpod-${OURS}.scope`),
      [{ containerId: OURS, own: false, at: 11_000 }],
    ],
    ["a process of no container", kill("CONSTRAINT_NONE", "global_oom,", "/user.slice"), []],
    ["something else", "podman0: port 1(veth0) entered disabled state", []],
    ["a program that prints into it what looks like it", `x[1]: 6,1,1,-;${LIMIT}`, []],
  ])("tells of a kill for %s", (_case, said, kills) => {
    expect(oomKillsOf(record(1, "before") + record(11_000_000, said) + record(12_000_000, "after"))).toEqual(kills);
  });

  test("that can't be read says nothing", () => {
    expect(readKernelLog("/nowhere/kmsg")).toBe("");
  });

  test("is read to its end, without waiting for more", () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "kmsg");
    const text = record(5, "x".repeat(900)).repeat(40);
    writeFileSync(path, text);
    expect(readKernelLog(path)).toBe(text);
  });
});

describe("a container that was killed", () => {
  const NOW = Date.UTC(2026, 0, 1);
  /** The machine has been up for a minute; `seconds` after its boot the kernel told that. */
  const table = (seconds: number, said: string): ProcProcessTable =>
    new ProcProcessTable("/proc", () => record(seconds * 1e6, said), { now: () => NOW, sinceBoot: () => 60_000 });

  test.each([
    ["within its run, at its limit", table(50, LIMIT), OURS, NOW - 20_000, "limit"],
    [
      "within its run, with the machine's memory gone",
      table(50, kill("CONSTRAINT_NONE", "global_oom,", `/libpod-${OURS}`)),
      OURS,
      NOW - 20_000,
      "machine",
    ],
    ["in an earlier run", table(30, LIMIT), OURS, NOW - 20_000, null],
    ["by somebody", table(50, "nothing"), OURS, NOW - 20_000, null],
    ["while another had no memory", table(50, LIMIT), THEIRS, NOW - 20_000, null],
  ])("%s is told apart", (_case, processes, id, since, expected) => {
    expect(processes.oomKill(id, since)).toBe(expected);
  });
});
