import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { parseProcStat } from "./proc-stat.ts";
import { ProcProcessTable } from "./process-table.ts";

const OURS = "a".repeat(64);
const THEIRS = "b".repeat(64);

const stat = (state: string, name = "bitcoind"): string =>
  `42 (${name}) ${state} 1 42 42 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 987654 1000 10 18446744073709551615 1\n`;

test.each([
  ["a running process in the container's cgroup v2", stat("S"), `0::/machine.slice/libpod-${OURS}.scope\n`, true],
  [
    "one in a hybrid tree",
    stat("R"),
    `9:name=systemd:/x\n3:pids:/libpod_parent/libpod-${OURS}\n0::/libpod_parent/libpod-${OURS}\n`,
    true,
  ],
  ["one whose init made cgroups of its own", stat("S"), `0::/machine.slice/libpod-${OURS}.scope/init.scope\n`, true],
  ["one on a host where no container's cgroup is seen", stat("S"), "0::/\n", true],
  ["a pid that another container has now", stat("S"), `0::/machine.slice/libpod-${THEIRS}.scope\n`, false],
  ["a zombie", stat("Z"), `0::/machine.slice/libpod-${OURS}.scope\n`, false],
  ["a dead process", stat("X"), `0::/machine.slice/libpod-${OURS}.scope\n`, false],
  ["a zombie with a name made to deceive", stat("Z", "x) R (y"), "0::/\n", false],
  ["a stopped process", stat("T"), "0::/\n", true],
])("%s counts as it should", (_case, statText, cgroupText, alive) => {
  using proc = temporaryFolder();
  mkdirSync(join(proc.path, "42"));
  writeFileSync(join(proc.path, "42/stat"), statText);
  writeFileSync(join(proc.path, "42/cgroup"), cgroupText);
  expect(new ProcProcessTable(proc.path).alive(42, OURS)).toBe(alive);
});

test.each([
  ["the same process", stat("S"), true],
  ["a zombie by now", stat("Z"), false],
  ["another container's process, which has the pid since", stat("S").replace("987654", "987655"), false],
])("a process that has been told by its cgroup is known by its start time: %s", (_case, later, alive) => {
  using proc = temporaryFolder();
  mkdirSync(join(proc.path, "42"));
  writeFileSync(join(proc.path, "42/stat"), stat("S"));
  writeFileSync(join(proc.path, "42/cgroup"), `0::/machine.slice/libpod-${OURS}.scope\n`);
  const table = new ProcProcessTable(proc.path);
  expect(table.alive(42, OURS)).toBe(true);
  expect(table.alive(42, THEIRS)).toBe(false);
  expect(table.alive(42, OURS)).toBe(true);
  writeFileSync(join(proc.path, "42/stat"), later);
  writeFileSync(join(proc.path, "42/cgroup"), `0::/machine.slice/libpod-${THEIRS}.scope\n`);
  expect(table.alive(42, OURS)).toBe(alive);
});

test.each([0, -1, Number.NaN, 1.5, 43])("the pid %d is no process", (pid) => {
  using proc = temporaryFolder();
  expect(new ProcProcessTable(proc.path).alive(pid, OURS)).toBe(false);
});

/** A process in a mount namespace of its own, as a container's is, or in ours, as a program of the host. */
async function realProcess(command: readonly string[]) {
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write("up\n");
  await once(child.stdout, "data");
  const end = async (): Promise<void> => {
    child.stdin.end();
    await once(child, "exit");
  };
  return { pid: child.pid ?? 0, end };
}

test("a real process with mounts of its own is alive until it ends", async () => {
  const { pid, end } = await realProcess(["unshare", "--mount", "cat"]);
  const table = new ProcProcessTable();
  expect(table.alive(pid, OURS)).toBe(true);
  await end();
  expect(table.alive(pid, OURS)).toBe(false);
});

test("a pid that the host's own program has by now is no container's, though no cgroup tells", async () => {
  const { pid, end } = await realProcess(["cat"]);
  expect(new ProcProcessTable().alive(pid, OURS)).toBe(false);
  await end();
});

test("the start time is the 22nd field, whatever the name holds", () => {
  expect(parseProcStat(stat("S", "a (b) c"))).toEqual({ state: "S", startTime: "987654" });
  expect(parseProcStat("")).toBeNull();
});
