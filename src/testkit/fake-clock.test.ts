import { describe, expect, it } from "vitest";
import { FakeClock } from "./fake-clock.ts";

describe("the fake clock", () => {
  it("runs due timers in order of time, then of registration, each at its own time", async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`);
    clock.timer(20, note("late"));
    clock.timer(10, note("first"));
    clock.timer(10, note("second"));
    clock.timer(31, note("not yet"));
    await clock.advance(30);
    expect(seen).toEqual(["first@10", "second@10", "late@20"]);
    expect(clock.now()).toBe(30);
    expect(clock.waiting).toBe(1);
  });

  it("lets what a timer set going settle before the next one, and runs timers made on the way", async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    clock.timer(10, () => {
      void (async () => {
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
        seen.push(`settled@${clock.now()}`);
        await clock.sleep(5);
        seen.push(`slept@${clock.now()}`);
      })();
    });
    clock.timer(12, () => void seen.push(`next@${clock.now()}`));
    await clock.advance(100);
    expect(seen).toEqual(["settled@10", "next@12", "slept@15"]);
  });

  it("does not run what was disposed", async () => {
    const clock = new FakeClock(0);
    const seen: string[] = [];
    const timers = [3, 1, 2, 5, 4].map((ms) => clock.timer(ms, () => void seen.push(`${ms}`)));
    timers[1]?.[Symbol.dispose]();
    timers[3]?.[Symbol.dispose]();
    timers[3]?.[Symbol.dispose]();
    expect(clock.waiting).toBe(3);
    await clock.advance(10);
    expect(seen).toEqual(["2", "3", "4"]);
    for (const timer of timers) timer[Symbol.dispose]();
    expect(clock.waiting).toBe(0);
  });

  it("ends a sleep with the signal's reason", async () => {
    const clock = new FakeClock(0);
    const stop = new AbortController();
    const asleep = clock.sleep(1_000, stop.signal);
    stop.abort("enough");
    await expect(asleep).rejects.toBe("enough");
    await expect(clock.sleep(1, AbortSignal.abort("before"))).rejects.toBe("before");
    expect(clock.waiting).toBe(0);
  });

  it("goes from timer to timer", async () => {
    const clock = new FakeClock(0);
    clock.timer(7, () => {});
    clock.timer(9, () => {});
    expect(clock.nextDue).toBe(7);
    expect(await clock.advanceToNext()).toBe(true);
    expect(clock.now()).toBe(7);
    expect(await clock.advanceToNext()).toBe(true);
    expect(await clock.advanceToNext()).toBe(false);
    expect(clock.now()).toBe(9);
  });

  it("runs for as long as a piece of work needs, and finds work that waits for ever", async () => {
    const clock = new FakeClock(0);
    const work = async () => {
      await clock.sleep(3_000);
      await clock.sleep(2_000);
      return "done";
    };
    expect(await clock.run(work)).toBe("done");
    expect(clock.now()).toBe(5_000);
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow("no timer is due");
    await expect(clock.run(() => clock.sleep(60_000), 59_999)).rejects.toThrow("no timer is due");
  });

  it("refuses a second hand", async () => {
    const clock = new FakeClock(0);
    const first = clock.advance(10);
    await expect(clock.advance(10)).rejects.toThrow("already being moved");
    await first;
  });

  it("flows by itself when told to, until it is told not to", async () => {
    const clock = new FakeClock(0);
    const flow = clock.flow();
    await clock.sleep(86_400_000);
    await clock.sleep(1_000);
    flow[Symbol.dispose]();
    expect(clock.now()).toBe(86_401_000);
  });
});
