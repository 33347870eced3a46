import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { lockHome, readHolder } from "./home-lock.ts";

const MODULE = fileURLToPath(new URL("./home-lock.ts", import.meta.url));

/** Another process that takes the lock, says so, and holds it until it is killed. */
async function holderProcess(path: string) {
  const script = `const { lockHome } = await import(${JSON.stringify(MODULE)});
    await lockHome(${JSON.stringify(path)});
    process.stdout.write("held");
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

test("the second of one process is refused and told of the first", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "daemon.lock");
  await using first = await lockHome(path, () => Date.UTC(2026, 0, 2, 3, 4, 5));
  expect(first.holder.pid).toBe(process.pid);
  await expect(lockHome(path)).rejects.toMatchObject({
    code: "ARC_DAEMON_RUNNING",
    message: `process ${process.pid}, started 2026-01-02T03:04:05.000Z, already holds ${path}`,
  });
  // A refused attempt must not let go of what the first holds.
  await expect(lockHome(path)).rejects.toMatchObject({ code: "ARC_DAEMON_RUNNING" });
});

test("a lock that was given back can be taken again, and leaves no note", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "daemon.lock");
  const first = await lockHome(path);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  expect(readHolder(path)).toBeNull();
  expect(readdirSync(temporary.path)).toEqual(["daemon.lock"]);
  await using second = await lockHome(path);
  expect(readHolder(path)).toEqual(second.holder);
});

test("of many at once, one gets it", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "daemon.lock");
  const results = await Promise.allSettled([lockHome(path), lockHome(path), lockHome(path)]);
  expect(results.map((result) => result.status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  for (const result of results) if (result.status === "fulfilled") await result.value[Symbol.asyncDispose]();
});

test("a killed holder's lock ends with it, and the note it left is not believed", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "daemon.lock");
  const holder = await holderProcess(path);
  await expect(lockHome(path)).rejects.toMatchObject({
    code: "ARC_DAEMON_RUNNING",
    message: expect.stringContaining(`process ${holder.pid},`),
  });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(readHolder(path)?.pid).toBe(holder.pid);
  await using mine = await lockHome(path);
  expect(readHolder(path)).toEqual(mine.holder);
});

test.each([["not JSON"], ['{"pid":"x"}'], [""]])("a note that says %j names nobody", (text) => {
  using temporary = temporaryFolder();
  writeFileSync(join(temporary.path, "daemon.lock.json"), text);
  expect(readHolder(join(temporary.path, "daemon.lock"))).toBeNull();
});

test("a folder that is not there can't be locked", async () => {
  await expect(lockHome("/nowhere/at/all/daemon.lock")).rejects.toMatchObject({ code: "ARC_HOME" });
});

test.each([
  ["the run folder removed", (run: string) => rmSync(run, { recursive: true })],
  ["the run folder moved away", (run: string) => renameSync(run, `${run}.old`)],
  ["the file alone removed", (run: string) => rmSync(join(run, "daemon.lock"))],
])("with %s the lock is no longer held, and a second daemon's note is left alone", async (_case, meddle) => {
  using temporary = temporaryFolder();
  const run = join(temporary.path, "run");
  const path = join(run, "daemon.lock");
  mkdirSync(run);
  const first = await lockHome(path);
  expect(first.isHeld()).toBe(true);
  meddle(run);
  expect(first.isHeld()).toBe(false);
  mkdirSync(run, { recursive: true });
  await using second = await lockHome(path);
  expect([first.isHeld(), second.isHeld()]).toEqual([false, true]);
  await first[Symbol.asyncDispose]();
  expect(readHolder(path)).toEqual(second.holder);
  expect(second.isHeld()).toBe(true);
});

test("asking whether it is held lets go of nothing", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "daemon.lock");
  await using first = await lockHome(path);
  for (let round = 0; round < 3; round += 1) expect(first.isHeld()).toBe(true);
  const other = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const { lockHome } = await import(${JSON.stringify(MODULE)});
       await lockHome(${JSON.stringify(path)}).catch((error) => process.stdout.write(error.code));`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [said] = await once(other.stdout, "data");
  expect(String(said)).toBe("ARC_DAEMON_RUNNING");
});
