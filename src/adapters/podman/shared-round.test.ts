import { expect, it } from "vitest";
import { SharedRound } from "./shared-round.ts";

/** Rounds that end when the test says so. */
function rounds() {
  const begun: PromiseWithResolvers<void>[] = [];
  const shared = new SharedRound(() => {
    const round = Promise.withResolvers<void>();
    begun.push(round);
    return round.promise;
  });
  return { begun, shared };
}

it("begins at once where nothing is under way", async () => {
  const { begun, shared } = rounds();
  const asked = shared.request();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await asked;
});

it("lets all who ask during a round share the next one", async () => {
  const { begun, shared } = rounds();
  const first = shared.request();
  const later = [shared.request(), shared.request(), shared.request()];
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await first;
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.resolve();
  await Promise.all(later);
  expect(begun).toHaveLength(2);
});

it("asks for a third round for whoever comes during the second", async () => {
  const { begun, shared } = rounds();
  void shared.request();
  const second = shared.request();
  begun[0]?.resolve();
  await expect.poll(() => begun.length).toBe(2);
  const third = shared.request();
  begun[1]?.resolve();
  await second;
  await expect.poll(() => begun.length).toBe(3);
  begun[2]?.resolve();
  await third;
});

it("tells a failure only to those who shared the round", async () => {
  const { begun, shared } = rounds();
  const failing = shared.request();
  const later = shared.request();
  begun[0]?.reject(new Error("no such device"));
  await expect(failing).rejects.toThrow("no such device");
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.resolve();
  await later;
});
