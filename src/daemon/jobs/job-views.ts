import { decodeNote, EMPTY_NOTE } from "../../core/job/job-note.ts";
import type { JobView } from "../../core/job/job.ts";
import type { Judgement, RunningJob } from "../../core/job/judge-job.ts";
import type { StoredJob } from "../../ports/job-store.ts";

/** A job that is over, as people see it. */
export function endedView({ id, kind, apps, actor, state, reason, createdAt, endedAt }: StoredJob): JobView {
  const fixed = `it is over: ${state}`;
  return { id, kind, apps, actor, state, reason, createdAt, endedAt, phase: "", progress: null, fixed };
}

/** A job that runs, by what the newest look says of it. `away`: why nothing can be looked at; null: it can. */
export function runningView(
  { id, kind, apps, actor, createdAt, note }: StoredJob,
  judgement: Judgement | null,
  fixed: string | null,
  away: string | null,
): JobView {
  const { phase, progress, reason } = told(kind, judgement, away);
  const { remarks } = decodeNote(note) ?? EMPTY_NOTE;
  return {
    id,
    kind,
    apps,
    actor,
    state: "running",
    phase,
    progress,
    reason: [reason, ...remarks].join("; "),
    createdAt,
    endedAt: null,
    fixed,
  };
}

type Told = Pick<JobView, "phase" | "progress" | "reason">;

function told(kind: RunningJob["kind"], judgement: Judgement | null, away: string | null): Told {
  if (away !== null) return { phase: "wait", progress: null, reason: `the engine is unavailable: ${away}` };
  switch (judgement?.kind) {
    case undefined:
      return { phase: "wait", progress: null, reason: `${kind} has just been asked for` };
    case "running":
      return judgement;
    case "move":
      return { phase: "trash", progress: null, reason: `the data of ${judgement.app} is taken away` };
    case "over":
      return { phase: "wait", progress: null, reason: judgement.reason };
  }
}
