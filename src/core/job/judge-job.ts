import type { JobKind, JobView } from "./job.ts";
import { arrivalOf, isRestless, type Arrival } from "./arrival.ts";
import type { JobNote } from "./job-note.ts";
import { fetchProgressOf, leadingApp, phaseOf, type Phase } from "./job-phase.ts";
import { sightOf, type AppSight, type JobSight } from "./job-sight.ts";
import { judgeUninstall } from "./judge-uninstall.ts";
import { steadyAt } from "./steady.ts";

/** A job that runs, as it is stored. */
export interface RunningJob {
  readonly kind: JobKind;
  readonly apps: readonly string[];
  readonly note: JobNote;
}

export type Judgement =
  | {
      readonly kind: "running";
      readonly phase: Phase;
      readonly progress: JobView["progress"];
      readonly reason: string;
      /** ms since the epoch when another look tells more, whatever happens; null: when something happens. */
      readonly lookAt: number | null;
    }
  /** No container of this app is left: its data can go. */
  | { readonly kind: "move"; readonly app: string }
  | { readonly kind: "over"; readonly state: "done" | "failed" | "cancelled"; readonly reason: string };

/** What a look says of a job that runs. A look must know the edit that began it; see `knowsOf`. */
export function judgeJob(job: RunningJob, sight: JobSight): Judgement {
  const apps = job.apps.map((app) => sightOf(sight, app));
  if (job.kind === "uninstall") return judgeUninstall(job, apps, sight);
  const gone = apps.map((seen) => takenBack(job, seen)).find((why) => why !== null);
  if (gone !== undefined)
    return { kind: "over", state: "cancelled", reason: `${gone}: somebody took it back in node.yml` };
  const restless = isRestless(sight.apps.values(), sight.now);
  const standing = apps.map((seen) => ({ seen, arrival: closerLook(arrivalOf(seen, sight.now), restless) }));
  if (standing.some(({ arrival }) => arrival === "moving")) return running(job.apps, sight);
  const failures = standing.flatMap(({ seen, arrival }) => failureOf(job, seen, arrival) ?? []);
  if (failures.length > 0) return { kind: "over", state: "failed", reason: failures.join("; ") };
  const fresh = apps.find((seen) => steadyAt(seen, sight.now) !== null);
  if (fresh) {
    const reason = `${fresh.app}: it has just been started`;
    return { kind: "running", phase: "prove", progress: null, reason, lookAt: steadyAt(fresh, sight.now) };
  }
  const outcome = apps.map((seen) => `${seen.app} is ${stateOf(seen)}`).join(", ");
  return { kind: "over", state: "done", reason: [outcome, ...job.note.remarks].join("; ") };
}

/** Whether a look was made with what the job asked for, and not with what node.yml said before. */
export function knowsOf(job: RunningJob, sight: JobSight): boolean {
  const apps = job.apps.map((app) => sightOf(sight, app));
  if (job.kind === "uninstall") return apps.every(({ entry }) => entry === null);
  return apps.every((seen) => takenBack(job, seen) === null);
}

function running(apps: readonly string[], sight: JobSight): Judgement {
  const leading = leadingApp(
    apps.map((app) => sightOf(sight, app)),
    sight.now,
  );
  const phase = leading ? phaseOf(leading) : "wait";
  return {
    kind: "running",
    phase,
    progress: phase === "fetch" ? fetchProgressOf(apps, sight) : null,
    reason: leading
      ? `${leading.app}: ${leading.status?.rollout?.reason ?? leading.status?.reason ?? "is not there yet"}`
      : "",
    lookAt: null,
  };
}

/** Why node.yml no longer asks for what the job follows; null: it does. */
function takenBack({ kind, note }: RunningJob, { app, entry }: AppSight): string | null {
  if (entry === null) return `${app} is no longer wanted`;
  const wanted = note.wants[app];
  if ((kind === "install" || kind === "adopt") && entry.state === "stopped") return `${app} is wanted stopped`;
  if (kind === "update" && wanted !== undefined && entry.version !== wanted)
    return `version ${wanted} of ${app} is no longer wanted`;
  if (kind === "restart" && wanted !== undefined && entry.restarted_at !== wanted)
    return `the restart of ${app} is no longer wanted`;
  return null;
}

const closerLook = (arrival: Arrival, restless: boolean): Exclude<Arrival, "waiting"> =>
  arrival === "waiting" ? (restless ? "moving" : "stuck") : arrival;

/** Why an app that goes nowhere any more is not where the job wants it; null: it is. */
function failureOf({ kind, note }: RunningJob, seen: AppSight, arrival: Arrival): string | null {
  const { app, status } = seen;
  const rollout = status?.rollout ?? null;
  if (rollout?.state === "stuck") return `${app}: ${rollout.reason}`;
  // The earlier generation does its work; only whoever asked for the new one has lost something.
  if (rollout?.state === "rolled-back" && (kind === "update" || kind === "adopt")) return `${app}: ${rollout.reason}`;
  if (arrival === "stuck" && rollout && rollout.state !== "rolled-back")
    return `${app} does not get on: ${rollout.reason}; ${goesOn(seen)}`;
  if (arrival === "stuck")
    return `${app} is ${stateOf(seen)}: ${status?.reason ?? "nothing is known of it"}; ${goesOn(seen)}`;
  const wanted = kind === "update" ? note.wants[app] : undefined;
  if (wanted === undefined || status === null || status.version === wanted) return null;
  return `${app} stays at version ${status.version}: ${status.notices[0] ?? `version ${wanted} is not to be had`}`;
}

const stateOf = ({ status }: AppSight): string => status?.state ?? "absent";

function goesOn({ holds }: AppSight): string {
  if (holds.some(({ kind }) => kind === "person")) return "it stays wanted, and needs a person";
  return "it stays wanted, and the daemon goes on trying";
}
