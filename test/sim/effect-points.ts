/** Methods by which a daemon changes something outside the engine; each call of one is a point at which it can be killed. */
const EFFECTS: ReadonlySet<PropertyKey> = new Set([
  "write",
  "writeFetched",
  "writeThrough",
  "writeRecord",
  "accept",
  "forget",
  "remove",
  "edit",
  "put",
  "restore",
  "save",
]);

/** Counts what a daemon writes, and kills it at one of those points. */
export class EffectPoints {
  readonly #kill: () => void;
  /** How many there were since the last plan. */
  count = 0;
  #plan: { readonly nth: number; readonly when: "before" | "after" } | null = null;

  constructor(kill: () => void) {
    this.#kill = kill;
  }

  /** Counting starts anew: the first effect after this is number 1. */
  killAt(nth: number, when: "before" | "after"): void {
    this.count = 0;
    this.#plan = { nth, when };
  }

  wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function" || !EFFECTS.has(key))
          return typeof value === "function" ? value.bind(target) : value;
        return (...args: readonly unknown[]): unknown => {
          this.count += 1;
          const strikes = this.#plan?.nth === this.count ? this.#plan.when : null;
          if (strikes === "before") {
            this.#kill();
            return new Promise(() => {});
          }
          const result: unknown = Reflect.apply(value, target, args);
          if (strikes === null) return result;
          return Promise.resolve(result).then((done) => {
            this.#kill();
            return done;
          });
        };
      },
    });
  }
}
