import type { Clock } from "../../src/ports/clock.ts";

/** What never comes back. */
const forever = <T>(): Promise<T> => new Promise<T>(() => {});

/**
 * A port as one daemon holds it. Once the daemon is killed its calls have no effect and never come back, those under
 * way included: a process that got SIGKILL neither handles an error nor writes another line.
 */
export function mortal<T extends object>(port: T, death: AbortSignal, after: () => void = () => {}): T {
  const members = new Map<PropertyKey, unknown>();
  return new Proxy(port, {
    get(target, key) {
      const known = members.get(key);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const member = (...args: readonly unknown[]): unknown => {
        if (death.aborted) return forever();
        const result: unknown = Reflect.apply(value, target, args);
        after();
        return result instanceof Promise ? untilDeath(result, death, after) : result;
      };
      members.set(key, member);
      return member;
    },
  });
}

function untilDeath(work: Promise<unknown>, death: AbortSignal, after: () => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      after();
      if (!death.aborted) finish();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}

/** Time as one daemon has it: none once it is dead. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #death: AbortSignal;
  readonly #wrongBy: () => number;

  /** `wrongBy`: ms that its time of day is ahead of the machine's; a daemon's timers do not care. */
  constructor(clock: Clock, death: AbortSignal, wrongBy: () => number = () => 0) {
    this.#clock = clock;
    this.#death = death;
    this.#wrongBy = wrongBy;
  }

  now(): number {
    return this.#clock.now() + this.#wrongBy();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (this.#death.aborted) return forever();
    return this.#clock.sleep(ms, signal).then(() => (this.#death.aborted ? forever() : undefined));
  }

  timer(ms: number, callback: () => void): Disposable {
    return this.#clock.timer(ms, () => {
      if (!this.#death.aborted) callback();
    });
  }
}
