import type { DesiredEdit } from "../rpc/node-api.ts";
import { agreed, mustBeAsked, type Question } from "./ask.ts";
import { commandLine } from "./command-line.ts";
import type { CliContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { followJobs } from "./progress/follow-jobs.ts";
import { jobsEnd, wentWell } from "./progress/jobs-end.ts";
import type { Goal } from "./progress/verdict.ts";
import { waitForApps } from "./progress/wait-for-apps.ts";
import { jobsEndText } from "./render/jobs-end-text.ts";
import { planText } from "./render/plan-text.ts";
import { sayOutcome } from "./render/outcome-text.ts";

export interface Waiting {
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Change extends Waiting {
  readonly edit: DesiredEdit;
  /** What is waited for where no job follows the edit: `converged` unless said otherwise. */
  readonly goal?: Goal;
  /** Asked after the plan was shown; null: nobody is asked. */
  readonly question: Question | null;
  /** Said before anything else. */
  readonly note?: string;
  /** The versions of apps before, by id: what is at the same one afterwards is not called updated. */
  readonly before?: ReadonlyMap<string, string>;
  /** Stands in the document of --json besides the rest. */
  readonly shown?: Readonly<Record<string, unknown>>;
}

/**
 * Edits the desired state, after a preview where somebody is asked, and follows what comes of it: the edit's job, or
 * else the apps until they are as wanted. What was previewed is what is done: where the world has moved on since, it is
 * ARC_PLAN_STALE. Exits 1 where it did not get there.
 */
export async function change(context: CliContext, wanted: Change): Promise<ExitCode> {
  const { node, out } = context;
  const { edit, question, goal = "converged", shown = {} } = wanted;
  if (question !== null) mustBeAsked(context, edit.kind, commandLine(edit));
  if (wanted.note !== undefined) out.text(wanted.note);
  let previewed: string | undefined;
  if (question !== null) {
    const plan = await node.plan(edit);
    out.text(planText(plan, out.paint));
    if (!(await agreed(context, question))) {
      out.text("Nothing was changed.");
      return EXIT.failed;
    }
    previewed = plan.id;
  }
  // From here on an interrupt must not end the process before it was told how to go on with the job.
  context.io.interrupt();
  const { changed, plan, job } = await node.edit(edit, previewed);
  const apps = [...new Set([...edit.apps, ...changed])];
  if (!wanted.wait) {
    out.answer({ ...shown, changed, plan, job, apps: null }, () => {
      const watch = job === null ? "" : ` archipelago jobs watch ${job.id}`;
      return `${edit.kind}: ${apps.join(", ")}. The daemon goes on with it.${watch}`;
    });
    return EXIT.done;
  }
  if (question === null) out.text(planText(plan, out.paint));
  if (job !== null) {
    const end = await jobsEnd(node, await followJobs(context, [job], wanted.timeout));
    const { jobs, ...rest } = end;
    out.answer({ ...shown, changed, plan, job: jobs[0] ?? job, ...rest }, () =>
      jobsEndText(end, out.paint, wanted.before),
    );
    return wentWell(end) ? EXIT.done : EXIT.failed;
  }
  const waited = await waitForApps(context, { apps, goal, timeout: wanted.timeout });
  out.answer({ ...shown, changed, plan, job, apps: waited.apps }, () => sayOutcome(waited, goal, out.paint));
  return waited.stuck.length + waited.waiting.length > 0 ? EXIT.failed : EXIT.done;
}
