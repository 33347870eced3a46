import type { Clock } from "../../ports/clock.ts";

/** Node fires a longer timeout at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's own time. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = startTimer(ms, true, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = (): void => {
        timer[Symbol.dispose]();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  timer(ms: number, callback: () => void): Disposable {
    return startTimer(ms, false, callback);
  }
}

function startTimer(ms: number, keepAlive: boolean, callback: () => void): Disposable {
  let remaining = ms;
  let handle: NodeJS.Timeout;
  const arm = (): void => {
    const part = Math.min(Math.max(remaining, 0), LONGEST);
    remaining -= part;
    handle = setTimeout(() => (remaining > 0 ? arm() : callback()), part);
    if (!keepAlive) handle.unref();
  };
  arm();
  return { [Symbol.dispose]: () => clearTimeout(handle) };
}
