import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { readHolder } from "./home-lock.ts";

const MODULE = fileURLToPath(new URL("./home-lock.ts", import.meta.url));

/** A process that says "ready", waits for a word, and then says "held" and holds, or says why it may not. */
function starter(path: string) {
  const script = `const { lockHome } = await import(${JSON.stringify(MODULE)});
    let held;
    process.stdin.once("data", async () => {
      try {
        held = await lockHome(${JSON.stringify(path)});
        process.stdout.write("held\\n");
      } catch (error) {
        process.stdout.write(error.code + "\\n");
        process.exit();
      }
    });
    process.stdout.write("ready\\n");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    said: async () => String((await lines.next()).value),
    go: () => child.stdin.write("go"),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

test("of eight daemons that start at once over what a killed one left, exactly one gets the home", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "daemon.lock");
  writeFileSync(path, "");
  // A pid that is alive by now, and another program's.
  writeFileSync(`${path}.json`, JSON.stringify({ pid: process.pid, startedAt: 0 }));
  await using stack = new AsyncDisposableStack();
  const starters = Array.from({ length: 8 }, () => stack.use(starter(path)));
  expect(new Set(await Promise.all(starters.map((one) => one.said())))).toEqual(new Set(["ready"]));
  for (const one of starters) one.go();
  const outcomes = await Promise.all(starters.map((one) => one.said()));
  expect(outcomes.toSorted()).toEqual([...Array.from({ length: 7 }, () => "ARC_DAEMON_RUNNING"), "held"]);
  expect(readHolder(path)?.pid).toBe(starters[outcomes.indexOf("held")]?.pid);
  expect(existsSync(`${path}-journal`)).toBe(false);
});
