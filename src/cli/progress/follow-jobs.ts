import { ArcError } from "../../core/errors/arc-error.ts";
import type { JobView } from "../../core/job/job.ts";
import type { NodeApi } from "../../rpc/node-api.ts";
import type { CliContext } from "../context.ts";
import { humanDuration } from "../render/age.ts";
import { jobText, jobTitle } from "../render/job-text.ts";
import { Hint, listen } from "./hint.ts";
import { JOB_HEADERS, jobRow } from "./progress-rows.ts";
import { progressView } from "./progress-view.ts";

/** Looks in a row that may find no daemon: one that is started anew goes on with its jobs. */
const PATIENCE = 30;

/**
 * Follows jobs until all are over, and shows how they come along. Looks at them after each event and at the least every
 * `resync` ms: an event that is lost costs time, not truth. An interrupt or the timeout (ms; null: none) leaves them
 * running, as ARC_TIMEOUT with how to watch and to cancel them.
 */
export async function followJobs(
  { node, io, out }: CliContext,
  started: readonly JobView[],
  timeout: number | null,
): Promise<readonly JobView[]> {
  const interrupted = io.interrupt();
  const end = new AbortController();
  const deadline = timeout === null ? end.signal : AbortSignal.timeout(timeout);
  const stop = AbortSignal.any([interrupted, deadline]);
  const view = progressView(io, out, JOB_HEADERS);
  const hint = new Hint();
  const listening = listen(node, hint, end.signal);
  try {
    let jobs = started;
    for (let missed = 0; ;) {
      const seen = await look(node, jobs);
      const gone = seen instanceof ArcError;
      missed = gone ? missed + 1 : 0;
      if (gone && missed > PATIENCE) throw seen;
      jobs = gone ? jobs : seen;
      view.show(
        jobs.map((job) => jobRow(job, io.now())),
        gone ? "The daemon does not answer; its jobs go on once it does." : null,
      );
      const running = jobs.filter(isRunning);
      if (running.length === 0) return jobs;
      if (interrupted.aborted) throw leftRunning(running, "It was interrupted while it followed a job.");
      if (deadline.aborted) throw leftRunning(running, tooLong(running, timeout ?? 0));
      await hint.come(io.resync, stop);
    }
  } finally {
    view.end();
    end.abort();
    await listening;
  }
}

export const isRunning = ({ state }: JobView): boolean => state === "running";

/** An error: no daemon answers at this moment. */
async function look(node: NodeApi, jobs: readonly JobView[]): Promise<readonly JobView[] | ArcError> {
  try {
    return await Promise.all(jobs.map(async (job) => (isRunning(job) ? node.job(job.id) : job)));
  } catch (error) {
    if (error instanceof ArcError && error.code === "ARC_DAEMON_UNREACHABLE") return error;
    throw error;
  }
}

function tooLong(running: readonly JobView[], timeout: number): string {
  const words = running.map((job) => `${jobTitle(job)} is at ${jobText(job)}`);
  return `${words.join(", ")} after ${humanDuration(timeout)}.`;
}

function leftRunning(running: readonly JobView[], message: string): ArcError {
  const hints = running.map(
    ({ id, fixed }) =>
      `Job ${id} goes on. Watch it: archipelago jobs watch ${id}. ` +
      (fixed === null ? `Take it back: archipelago jobs cancel ${id}.` : `It can't be cancelled: ${fixed}.`),
  );
  return new ArcError("ARC_TIMEOUT", message, { hint: hints.join(" ") });
}
