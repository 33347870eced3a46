import type { JobView } from "../../core/job/job.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { followJobs, isRunning } from "../progress/follow-jobs.ts";
import { jobsEnd, wentWell } from "../progress/jobs-end.ts";
import { age } from "../render/age.ts";
import { JOB_STYLES, jobText } from "../render/job-text.ts";
import { jobsEndText } from "../render/jobs-end-text.ts";
import { printable } from "../render/printable.ts";
import { formatTable, type Cell } from "../render/table.ts";

/** As many as an answer may hold: of those that run, none is left out. */
const MANY = 1_000;

/** What was asked for and takes time, newest first. */
export async function jobs(
  context: CliContext,
  { app, limit }: { readonly app?: string; readonly limit: number },
): Promise<ExitCode> {
  const found = await context.node.jobs({ limit, ...(app !== undefined && { app }) });
  context.out.answer(found, () => jobsTable(found, context));
  return EXIT.done;
}

/** Follows one job, or all that run, until they are over. Exits 1 where one failed or was cancelled. */
export async function watchJobs(context: CliContext, id: string | undefined): Promise<ExitCode> {
  const { node, out } = context;
  const watched = id === undefined ? (await node.jobs({ limit: MANY })).filter(isRunning) : [await node.job(id)];
  if (watched.length === 0) {
    out.answer({ jobs: [], apps: [], failures: [], trash: [] }, () => "No job is running.");
    return EXIT.done;
  }
  const end = await jobsEnd(node, await followJobs(context, watched, null));
  out.answer(end, () => jobsEndText(end, out.paint));
  return wentWell(end) ? EXIT.done : EXIT.failed;
}

/** Takes back what a job asked for. */
export async function cancelJob({ node, out }: CliContext, id: string): Promise<ExitCode> {
  const job = await node.cancelJob(id);
  out.answer(job, () =>
    isRunning(job)
      ? `It is being taken back: ${printable(job.reason)}\n  archipelago jobs watch ${job.id}`
      : `${out.paint(JOB_STYLES[job.state], `Job ${job.id} is ${job.state}.`)} ${printable(job.reason)}`.trimEnd(),
  );
  return EXIT.done;
}

function jobsTable(found: readonly JobView[], { io, out }: CliContext): string {
  if (found.length === 0) return "There are no jobs.";
  const rows = found.map((job): readonly Cell[] => [
    job.id,
    job.kind,
    job.apps.join(", "),
    { text: jobText(job), style: JOB_STYLES[job.state] },
    job.actor,
    age(job.createdAt, io.now()),
    job.reason,
  ]);
  return formatTable(["JOB", "WHAT", "APPS", "STATE", "WHO", "AGO", "REASON"], rows, out);
}
