/** Pauses between attempts of one app: at once the first time, then 1 s doubling to 5 min. Times are ms. */
export interface Backoff {
  /** Attempts since the last good ten minutes. */
  readonly attempts: number;
  /** Not before this moment. */
  readonly nextAt: number;
  readonly lastAt: number;
}

export const NO_BACKOFF: Backoff = { attempts: 0, nextAt: 0, lastAt: 0 };

const FIRST = 1_000;
const LONGEST = 300_000;
const FORGIVEN_AFTER = 600_000;

/** After an attempt at `now`. `jitter` is 0 to 1 and adds up to a fifth. */
export function nextBackoff(before: Backoff, now: number, jitter: number): Backoff {
  const attempts = before.attempts + 1;
  const pause = Math.min(LONGEST, FIRST * 2 ** Math.min(attempts - 1, 20));
  return { attempts, nextAt: now + Math.round(pause * (1 + jitter / 5)), lastAt: now };
}

/** Whether the next attempt has to wait. A clock that was turned back ends a pause: it could take years. */
export function isPaused({ lastAt, nextAt }: Backoff, now: number): boolean {
  return now < nextAt && now >= lastAt;
}

/** Of an app that does its work at `now`: whether it has done so for long enough to begin anew. */
export function isForgiven({ attempts, lastAt }: Backoff, now: number): boolean {
  return attempts > 0 && now - lastAt > FORGIVEN_AFTER;
}
