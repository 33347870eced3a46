import type { Clock } from "../../ports/clock.ts";

/** What can end a wait early; each with the error that the waiter then gets. */
export interface Bounds {
  readonly clock: Clock;
  readonly stops: readonly AbortSignal[];
  readonly deadline?: { readonly ms: number; readonly error: () => Error };
}

/** Waits for `work` until one of the bounds is met. The work itself goes on: a server does not see its client leave. */
export function bounded<T>(work: Promise<T>, { clock, stops, deadline }: Bounds): Promise<T> {
  return new Promise((resolve, reject) => {
    const release: (() => void)[] = [];
    const finish = (settle: () => void) => {
      for (const free of release) free();
      settle();
    };
    for (const stop of stops) {
      const onAbort = () => finish(() => reject(stop.reason));
      if (stop.aborted) return onAbort();
      stop.addEventListener("abort", onAbort, { once: true });
      release.push(() => stop.removeEventListener("abort", onAbort));
    }
    if (deadline) {
      const timer = clock.timer(deadline.ms, () => finish(() => reject(deadline.error())));
      release.push(() => timer[Symbol.dispose]());
    }
    work.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(error)),
    );
  });
}
