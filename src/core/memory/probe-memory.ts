import type { ProbeMemory } from "./memory.ts";

/** One attempt's outcome, as a prober gives it. */
export interface ProbeOutcome {
  readonly outcome: "pass" | "fail" | "loading";
  readonly detail: string;
  readonly progress?: number;
}

/**
 * Adds one attempt. What passed goes on to count as passing until it has failed `limit` times in a row. `counts` is
 * false for the quick attempts right after a start: they may pass early, but they never use up the failures.
 */
export function recordProbe(
  before: ProbeMemory | undefined,
  result: ProbeOutcome,
  options: { readonly at: number; readonly limit: number; readonly counts: boolean },
): ProbeMemory {
  const { at } = options;
  if (result.outcome !== "fail") {
    return { outcome: result.outcome, failures: 0, detail: result.detail, at, progress: result.progress ?? null };
  }
  const failures = (before?.failures ?? 0) + (options.counts ? 1 : 0);
  const held =
    before !== undefined && before.outcome !== "unknown" && before.outcome !== "fail" && failures < options.limit;
  return {
    outcome: held ? before.outcome : "fail",
    failures,
    detail: result.detail,
    at,
    progress: held ? before.progress : null,
  };
}
