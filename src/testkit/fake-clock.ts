import type { Clock } from "../ports/clock.ts";
import { TimerQueue } from "./timer-queue.ts";

/** Some moment in late 2023; worlds that start at zero hide missing timestamps. */
const START = 1_700_000_000_000;

/**
 * Time that only moves when a test moves it. Between two timers everything that was set going settles first, so the
 * same calls give the same order of events, always.
 *
 * `settle` uses setImmediate, which waits for no time: it runs once every pending microtask has run. Code under this
 * clock must not do real I/O, else it is not settled when the clock moves on.
 */
export class FakeClock implements Clock {
  #now: number;
  #busy = false;
  readonly #timers = new TimerQueue();

  /** `start`: ms since the epoch. */
  constructor(start: number = START) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** When the next timer is due, ms since the epoch; null where none waits. */
  get nextDue(): number | null {
    return this.#timers.peek()?.due ?? null;
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  timer(ms: number, callback: () => void): Disposable {
    return this.#timers.add(this.#now + Math.max(0, ms), callback);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        timer[Symbol.dispose]();
        reject(signal?.reason);
      };
      const timer = this.timer(ms, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Lets everything run that can run without time passing. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves `ms` ahead, running what falls due on the way in order of due time, then of registration. */
  async advance(ms: number): Promise<void> {
    await this.#exclusive(async () => {
      const target = this.#now + ms;
      await this.settle();
      while (await this.#runNext(target));
      this.#now = target;
    });
  }

  /** Moves to the next timer, runs it alone and settles. False where none waits. */
  async advanceToNext(): Promise<boolean> {
    return this.#exclusive(async () => {
      await this.settle();
      return this.#runNext(Number.POSITIVE_INFINITY);
    });
  }

  /**
   * Moves time for as long as `work` needs, at most `limit` ms, and gives its outcome. Throws where nothing is due any
   * more and the work still waits: it would wait for ever.
   */
  async run<T>(work: Promise<T> | (() => Promise<T>), limit = 24 * 3_600_000): Promise<T> {
    const promise = typeof work === "function" ? work() : work;
    const state = { settled: false };
    const watch = async () => {
      await Promise.allSettled([promise]);
      state.settled = true;
    };
    void watch();
    const last = this.#now + limit;
    await this.#exclusive(async () => {
      await this.settle();
      while (!state.settled) {
        if (!(await this.#runNext(last))) throw new Error("the work waits and no timer is due in its time");
      }
    });
    return promise;
  }

  /**
   * Moves time by itself, one timer after the other, until disposed: for suites written for a real engine, which know
   * nothing of this clock. Time stands still while nothing waits for it.
   */
  flow(): Disposable {
    let flowing = true;
    const turn = () => {
      if (!flowing) return;
      const next = this.#timers.peek();
      if (next && !this.#busy) {
        this.#timers.take();
        this.#now = Math.max(this.#now, next.due);
        next.callback();
      }
      setImmediate(turn);
    };
    setImmediate(turn);
    return {
      [Symbol.dispose]: () => {
        flowing = false;
      },
    };
  }

  async #runNext(latest: number): Promise<boolean> {
    const next = this.#timers.peek();
    if (!next || next.due > latest) return false;
    this.#timers.take();
    this.#now = Math.max(this.#now, next.due);
    next.callback();
    await this.settle();
    return true;
  }

  /** Two hands on one clock would make the order of events depend on which is faster. */
  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new Error("the clock is already being moved");
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
