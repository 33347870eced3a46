/** Time, so that tests can turn it. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after `ms`; disposing takes it back. Never keeps the process alive by itself. */
  timer(ms: number, callback: () => void): Disposable;
}
