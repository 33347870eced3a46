import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { FakeClock } from "../../testkit/fake-clock.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { guardHome } from "./guard-home.ts";
import { lockHome } from "./home-lock.ts";

test("a daemon whose run folder is removed ends itself within a pulse, and not before", async () => {
  using temporary = temporaryFolder();
  const path = join(temporary.path, "run/daemon.lock");
  mkdirSync(dirname(path));
  await using lock = await lockHome(path);
  const clock = new FakeClock();
  const outcome = { error: null as unknown };
  const guard = guardHome(lock, path, clock, new AbortController().signal).catch((error: unknown) => {
    outcome.error = error;
  });
  await clock.advance(10_000);
  expect(outcome.error).toBeNull();
  rmSync(dirname(path), { recursive: true });
  await clock.advance(2_000);
  await guard;
  expect(outcome.error).toMatchObject({ code: "ARC_HOME", message: expect.stringContaining(path) });
});

test("it ends quietly with the daemon", async () => {
  const over = new AbortController();
  const guard = guardHome({ isHeld: () => true }, "/home/run/daemon.lock", new FakeClock(), over.signal);
  over.abort();
  await expect(guard).resolves.toBeUndefined();
});
