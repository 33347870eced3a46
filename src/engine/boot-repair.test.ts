import { expect, test } from "vitest";
import type { RunLeftovers } from "../ports/run-leftovers.ts";
import type { Log } from "../ports/log.ts";
import { FakeClock } from "../testkit/fake-clock.ts";
import { MemoryHistoryStore } from "../testkit/memory-history-store.ts";
import { repairAfterBoot } from "./boot-repair.ts";

const log: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** An engine that believes in another boot until it is made to forget it. */
function engineOf(signs: readonly string[], fails = false) {
  const left = { signs: [...signs], stoodIn: false };
  const leftovers: RunLeftovers = {
    signs: async () => left.signs,
    forget: async () => {
      if (fails) throw new Error("EROFS: read-only file system");
      left.signs.length = 0;
    },
    standIn: async () => {
      left.stoodIn = true;
    },
  };
  return { left, leftovers };
}

test.each([
  ["nothing to mend", [], [], false, [], []],
  ["a stale boot, and nothing runs", ["its locks are gone"], [], false, [], ["ok"]],
  [
    "a stale boot, but somebody's container runs",
    ["its locks are gone"],
    ["x"],
    false,
    ["its locks are gone"],
    ["noted"],
  ],
  ["a disk that can't be written", ["its locks are gone"], [], true, ["its locks are gone"], ["failed"]],
])("%s", async (_case, signs, running, fails, left, results) => {
  const engine = engineOf(signs, fails);
  const history = new MemoryHistoryStore();
  const processes = { running: () => new Set(running) };
  await repairAfterBoot({ leftovers: engine.leftovers, processes, clock: new FakeClock(), history, log });
  expect(engine.left.signs).toEqual(left);
  expect(engine.left.stoodIn).toBe(running.length > 0);
  expect(history.entries.map(({ result }) => result)).toEqual(results);
  for (const entry of history.entries)
    expect(entry).toMatchObject({ action: "engine.repair", actor: "daemon", app: null });
});
