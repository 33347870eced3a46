import type { AppSight } from "./job-sight.ts";

/** ms. Most programs that can't run at all say so by then. */
const STEADY_AFTER = 2_000;

/**
 * When it will have run for long enough to be believed, ms since the epoch; null: it has. One without probes is ready as
 * soon as it runs, and may be about to crash.
 */
export function steadyAt({ status }: AppSight, now: number): number | null {
  if (status?.state !== "ready" && status?.state !== "loading") return null;
  const fresh = status.containers.filter(
    ({ state, probes, startedAt }) =>
      state === "running" && !probes.some(({ outcome }) => outcome === "pass") && isFresh(startedAt, now),
  );
  return fresh.length === 0 ? null : Math.max(...fresh.map(({ startedAt }) => startedAt)) + STEADY_AFTER;
}

/** A start in the future is that of a clock that was turned back: then nobody knows. */
const isFresh = (startedAt: number, now: number): boolean => startedAt <= now && now - startedAt < STEADY_AFTER;
