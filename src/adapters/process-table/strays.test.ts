import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { parseConmon } from "./conmon.ts";
import { ProcProcessTable } from "./process-table.ts";

const ID = "ab".repeat(32);
const CMDLINE = [
  "/usr/bin/conmon",
  "--api-version",
  "1",
  "-c",
  ID,
  "-u",
  ID,
  "-b",
  `/var/lib/containers/storage/overlay-containers/${ID}/userdata`,
  "-n",
  "web.g1",
  "--exit-dir",
  "/run/libpod/exits",
  "",
].join("\0");

describe("a monitor's command line", () => {
  test("names the container", () => {
    expect(parseConmon(CMDLINE)).toEqual({
      containerId: ID,
      name: "web.g1",
      graphRoot: "/var/lib/containers/storage",
    });
  });

  test.each([
    ["none", ""],
    ["of another form", "/somewhere/userdata"],
  ])("with a bundle that is %s tells no store", (_what, bundle) => {
    const cmdline = CMDLINE.replace(/\/var\/lib[^\0]*/, bundle);
    expect(parseConmon(cmdline)).toEqual({ containerId: ID, name: "web.g1", graphRoot: "" });
  });

  test.each([
    ["another program", "/usr/bin/nginx\0-c\0x"],
    ["nothing", ""],
    ["a monitor without a name", `/usr/bin/conmon\0-c\0${ID}\0`],
    ["a monitor of something else", "/usr/bin/conmon\0-c\0short\0-n\0web.g1\0"],
  ])("is none of %s", (_what, cmdline) => {
    expect(parseConmon(cmdline)).toBeNull();
  });
});

describe("strays", () => {
  /** A /proc with one monitor and one child of it. */
  function procWith(folder: string): ProcProcessTable {
    mkdirSync(join(folder, "500/task/500"), { recursive: true });
    writeFileSync(join(folder, "500/comm"), "conmon\n");
    writeFileSync(join(folder, "500/cmdline"), CMDLINE);
    writeFileSync(join(folder, "500/task/500/children"), "510 ");
    mkdirSync(join(folder, "600"));
    writeFileSync(join(folder, "600/comm"), "nginx\n");
    return new ProcProcessTable(folder);
  }

  test("are the processes of containers that the engine does not know", () => {
    using folder = temporaryFolder();
    const table = procWith(folder.path);
    expect(table.strays(new Set())).toEqual([{ name: "web.g1", containerId: ID, pids: [510, 500], started: true }]);
    expect(table.strays(new Set([ID]))).toEqual([]);
  });

  test("are not what a monitor runs when its container is over: the engine cleans up behind it", () => {
    using folder = temporaryFolder();
    const table = procWith(folder.path);
    mkdirSync(join(folder.path, "510"));
    const cleanup = ["/usr/bin/podman", "--root", "/var/lib/containers/storage", "container", "cleanup", ID, ""];
    writeFileSync(join(folder.path, "510/cmdline"), cleanup.join("\0"));
    expect(table.strays(new Set())).toEqual([{ name: "web.g1", containerId: ID, pids: [500], started: true }]);
  });

  test("are those of the engine's own store, where that is said: another's containers are none that ours forgot", () => {
    using folder = temporaryFolder();
    const table = procWith(folder.path);
    expect(table.strays(new Set(), "/var/lib/containers/storage")).toHaveLength(1);
    expect(table.strays(new Set(), "/home/ada/.local/share/containers/storage")).toEqual([]);
  });

  test("have not started while their first process waits for the word", () => {
    using folder = temporaryFolder();
    const table = procWith(folder.path);
    mkdirSync(join(folder.path, "510/fd"), { recursive: true });
    symlinkSync("/run/runc/x/exec.fifo", join(folder.path, "510/fd/5"));
    expect(table.strays(new Set())).toMatchObject([{ started: false }]);
  });

  test("have no monitor that belongs to a container, and a container has one while its monitor lives", () => {
    using folder = temporaryFolder();
    const table = procWith(folder.path);
    expect(table.isWatched(ID)).toBe(true);
    expect(table.isWatched("cd".repeat(32))).toBe(false);
  });

  test("and what a cgroup holds say which containers run", () => {
    using folder = temporaryFolder();
    const table = procWith(folder.path);
    expect(table.running()).toEqual(new Set([ID]));
    const other = "cd".repeat(32);
    writeFileSync(join(folder.path, "600/cgroup"), `0::/machine.slice/libpod-${other}.scope/container\n`);
    expect(table.running()).toEqual(new Set([ID, other]));
  });

  test("end at the stop signal, or at SIGKILL when the grace is over", async () => {
    using folder = temporaryFolder();
    const program = join(folder.path, "sleep");
    copyFileSync(process.execPath, program);
    const deaf = spawn(program, [
      "-e",
      "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)",
    ]);
    await new Promise((resolve) => deaf.stdout.once("data", resolve));
    const ended = new Promise<string | null>((resolve) => deaf.once("exit", (_code, name) => resolve(name)));
    const stray = { name: "web.g1", containerId: ID, pids: [deaf.pid ?? 0, 0], started: true };
    await new ProcProcessTable().end(stray, "SIGTERM", 50, AbortSignal.timeout(20_000));
    expect(await ended).toBe("SIGKILL");
  });

  test("have a monitor that is left to tell of the end, as long as it takes that well", async () => {
    const [payload, monitor] = [spawn("sleep", ["1000"]), spawn("sleep", ["1000"])];
    const killed = new Promise((resolve) => payload.once("exit", (_code, name) => resolve(name)));
    const left = new Promise((resolve) => monitor.once("exit", (_code, name) => resolve(name)));
    void killed.then(() => monitor.kill("SIGUSR1"));
    const stray = { name: "web.g1", containerId: ID, pids: [payload.pid ?? 0, monitor.pid ?? 0], started: false };
    await new ProcProcessTable().end(stray, "SIGKILL", 0, AbortSignal.timeout(20_000));
    expect([await killed, await left]).toEqual(["SIGKILL", "SIGUSR1"]);
  });
});
