import type { HistoryEntry } from "../../ports/history-store.ts";
import type { StoredJob } from "../../ports/job-store.ts";

const RESULTS = { done: "ok", failed: "failed", cancelled: "noted", running: "noted" } as const;

/** The end of a job, for the history of each of its apps. */
export function jobEntries({
  id,
  kind,
  apps,
  actor,
  state,
  reason,
  createdAt,
  endedAt,
}: StoredJob): readonly HistoryEntry[] {
  const at = endedAt ?? createdAt;
  return apps.map((app) => ({
    at,
    app,
    container: null,
    actor,
    action: `job.${state}`,
    reason: `${kind} is ${state === "running" ? "under way" : state}: ${reason}`,
    result: RESULTS[state],
    detail: id,
    diff: [],
    duration: Math.max(0, at - createdAt),
  }));
}
