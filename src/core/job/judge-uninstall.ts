import { phaseOf } from "./job-phase.ts";
import { nextStep, type AppSight, type JobSight } from "./job-sight.ts";
import type { Judgement, RunningJob } from "./judge-job.ts";

/** Containers first, then their data. An app that somebody wants again keeps what it has. */
export function judgeUninstall({ note }: RunningJob, apps: readonly AppSight[], _sight: JobSight): Judgement {
  const staying = new Set([...note.dropped, ...apps.filter(({ entry }) => entry !== null).map(({ app }) => app)]);
  const open = apps.filter(({ app }) => !staying.has(app) && note.moved[app] === undefined);
  if (open.length > 0) {
    // Not before the last of them has ended: one may read the data of another.
    const [free] = open.every(({ present, busy, steps }) => !present && !busy && steps.length === 0) ? open : [];
    if (free) return { kind: "move", app: free.app };
    const stuck = open.find((seen) => seen.present && seen.holds.some(({ kind }) => kind === "person"));
    if (stuck && !open.some((seen) => seen.busy || nextStep(seen))) return failed(stuck);
    const [first] = open;
    const leading = open.find((seen) => nextStep(seen)) ?? first;
    return {
      kind: "running",
      phase: leading ? phaseOf(leading) : "wait",
      progress: null,
      reason: leading ? told(leading) : "",
      lookAt: null,
    };
  }
  if (staying.size === apps.length)
    return {
      kind: "over",
      state: "cancelled",
      reason: `${[...staying].join(", ")} is wanted again by node.yml: somebody took it back`,
    };
  const sentences = apps.map(({ app }) => note.moved[app] ?? `${app} is wanted again and stays`);
  return { kind: "over", state: "done", reason: sentences.join("; ") };
}

function failed({ app, holds }: AppSight): Judgement {
  const reason = `${app} can't be removed: ${holds.map((hold) => hold.reason).join("; ")}; its data stays where it is`;
  return { kind: "over", state: "failed", reason };
}

function told(seen: AppSight): string {
  const why =
    nextStep(seen)?.reason ?? seen.holds[0]?.reason ?? seen.steps[0]?.waits ?? "its containers are being removed";
  return `${seen.app}: ${why}`;
}
