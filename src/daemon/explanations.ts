import { ArcError } from "../core/errors/arc-error.ts";
import { appId } from "../core/ids.ts";
import type { JobView } from "../core/job/job.ts";
import type { Quarantine } from "../core/record/app-record.ts";
import { driftOf, explainApp } from "../core/status/explain.ts";
import type { Look } from "../engine/look.ts";
import type { HistoryEntry } from "../ports/history-store.ts";
import type { Explanation } from "../rpc/node-api.ts";
import { absentStatus, type StatusBook } from "./status-book.ts";

interface Ground {
  /** null: nothing was ever looked at. */
  readonly look: Look | null;
  readonly statuses: StatusBook;
  readonly busy: boolean;
  /** Those that run and concern it. */
  readonly jobs: readonly JobView[];
  readonly decisions: readonly HistoryEntry[];
  readonly redact: (text: string) => string;
}

/** All that can be told of one app. ARC_APP_UNKNOWN. */
export function explanationOf(app: string, { look, statuses, busy, jobs, decisions, redact }: Ground): Explanation {
  const outlook = look?.outlook.apps.get(appId(app));
  const failure = redacted(look?.desire.records.get(app)?.quarantine ?? null, redact);
  const ofJobs = jobs.map(sentenceOf);
  if (!look || !outlook) {
    if (!look?.desire.catalogue.has(app) && decisions.length === 0 && jobs.length === 0)
      throw new ArcError("ARC_APP_UNKNOWN", `${app} is neither in the catalogue nor on this node`);
    const status = absentStatus(app, look);
    const sentences = [`${app} is absent: ${status.reason}.`, ...ofJobs];
    return { status, sentences, drift: [], holds: [], decisions, failure };
  }
  const status = statuses.of(outlook, look);
  return {
    status,
    sentences: [...explainApp(status, outlook, busy), ...ofJobs].map(redact),
    drift: driftOf(outlook),
    holds: outlook.holds,
    decisions,
    failure,
  };
}

function sentenceOf({ id, kind, actor, phase, reason, createdAt }: JobView): string {
  return `Job ${id} (${kind}, by ${actor} at ${new Date(createdAt).toISOString()}) is at ${phase}: ${reason}.`;
}

function redacted(failure: Quarantine | null, redact: (text: string) => string): Quarantine | null {
  if (!failure) return null;
  const failed = failure.failed.map((container) => ({ ...container, lines: container.lines.map(redact) }));
  return { ...failure, reason: redact(failure.reason), failed };
}
