import { ArcError } from "../core/errors/arc-error.ts";
import { JOB_KINDS, type JobKind, type JobView } from "../core/job/job.ts";
import type { AppState } from "../core/status/status.ts";
import type { Actor, DesiredEdit, JobQuery } from "../rpc/node-api.ts";
import { jobView } from "./views.ts";

const GOOD: readonly AppState[] = ["ready", "loading"];
const FAILED: readonly AppState[] = ["failed", "held", "invalid"];

/**
 * The jobs of a scripted node. A job that an edit began goes through what `steps` holds, one entry a look; where that is
 * empty it ends by itself as soon as the scripts of its apps are at their end: done, or failed where one of them is.
 */
export class ScriptedJobs {
  readonly all = new Map<string, JobView>();
  readonly steps: Partial<JobView>[] = [];
  readonly #stateOf: (app: string) => AppState;
  readonly #isOver: (app: string) => boolean;
  readonly #tell: (job: JobView) => void;

  constructor(stateOf: (app: string) => AppState, isOver: (app: string) => boolean, tell: (job: JobView) => void) {
    this.#stateOf = stateOf;
    this.#isOver = isOver;
    this.#tell = tell;
  }

  /** null for an edit that takes no time. */
  begin(edit: DesiredEdit, actor: Actor = "cli"): JobView | null {
    const kind = JOB_KINDS.find((known: JobKind) => known === edit.kind);
    if (kind === undefined) return null;
    const id = `job-${this.all.size + 1}`;
    const createdAt = Date.now();
    return this.#put(jobView({ id, kind, apps: edit.apps, actor, createdAt, reason: `${kind} has begun` }));
  }

  list({ app, limit }: JobQuery): readonly JobView[] {
    const jobs = [...this.all.values()].filter(({ apps }) => app === undefined || apps.includes(app));
    return jobs.toReversed().slice(0, limit);
  }

  /** The job as it is now, one step further along. */
  look(id: string): JobView {
    const job = this.#known(id);
    if (job.state !== "running") return job;
    const step = this.steps.shift();
    if (step) return this.#put({ ...job, ...step });
    if (this.steps.length > 0 || !job.apps.every((app) => this.#isOver(app))) return job;
    const failed = job.apps.find((app) => FAILED.includes(this.#stateOf(app)));
    if (failed !== undefined) return this.#end(job, "failed", `${failed} is ${this.#stateOf(failed)}`);
    const arrived = job.apps.every((app) => (job.kind === "uninstall" ? true : GOOD.includes(this.#stateOf(app))));
    return arrived ? this.#end(job, "done", `${job.kind} is done`) : job;
  }

  cancel(id: string): JobView {
    const job = this.#known(id);
    if (job.fixed !== null) throw new ArcError("ARC_JOB_FIXED", job.fixed);
    return this.#end(job, "cancelled", "it was cancelled");
  }

  #end(job: JobView, state: JobView["state"], reason: string): JobView {
    return this.#put({ ...job, state, reason, phase: "", progress: null, endedAt: Date.now(), fixed: "it is over" });
  }

  #put(job: JobView): JobView {
    this.all.set(job.id, job);
    this.#tell(job);
    return job;
  }

  #known(id: string): JobView {
    const job = this.all.get(id);
    if (!job) throw new ArcError("ARC_JOB_UNKNOWN", `There is no job ${id}.`);
    return job;
  }
}
