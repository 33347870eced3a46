import { expect, test } from "vitest";
import { SystemClock } from "./system-clock.ts";

const clock = new SystemClock();

test("sleeping ends after its time", async () => {
  const before = performance.now();
  await clock.sleep(15);
  expect(performance.now() - before).toBeGreaterThanOrEqual(14);
});

test("sleeping rejects with the signal's own reason, before or during", async () => {
  const controller = new AbortController();
  const during = clock.sleep(60_000, controller.signal);
  controller.abort(new Error("enough"));
  await expect(during).rejects.toThrow("enough");
  await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow("enough");
});

test("a timer calls back once, and not at all when it was taken back", async () => {
  const calls: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.timer(1, () => calls.push("taken back"))[Symbol.dispose]();
  clock.timer(5, () => {
    calls.push("fired");
    resolve();
  });
  await promise;
  expect(calls).toEqual(["fired"]);
});

test("a time longer than a Node timer can hold does not fire at once", async () => {
  let fired = false;
  using _timer = clock.timer(2 ** 31 + 1_000, () => (fired = true));
  await clock.sleep(10);
  expect(fired).toBe(false);
});
