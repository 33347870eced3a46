import type { JobView } from "../../core/job/job.ts";
import type { Quarantine } from "../../core/record/app-record.ts";
import type { AppStatus } from "../../core/status/status.ts";
import type { NodeApi, TrashView } from "../../rpc/node-api.ts";

/** What came of jobs that are over. */
export interface JobsEnd {
  readonly jobs: readonly JobView[];
  /** Their apps as they are now; those that are gone are missing. */
  readonly apps: readonly AppStatus[];
  /** Generations that failed meanwhile, with what they said last. */
  readonly failures: readonly { readonly app: string; readonly failure: Quarantine }[];
  /** Data that they moved to the trash. */
  readonly trash: readonly TrashView[];
}

/** Asks the node how the jobs' apps stand now, and only for what such jobs can have left. */
export async function jobsEnd(node: NodeApi, jobs: readonly JobView[]): Promise<JobsEnd> {
  const ids = new Set(jobs.flatMap((job) => job.apps));
  const { apps } = await node.status();
  const left = apps.filter(({ id }) => ids.has(id));
  const uninstalls = jobs.filter(({ kind }) => kind === "uninstall");
  return {
    jobs,
    apps: left,
    failures: await failuresOf(
      node,
      jobs.filter(({ state }) => state === "failed"),
      left,
    ),
    trash: uninstalls.length === 0 ? [] : (await node.trash()).filter((entry) => uninstalls.some(isFrom(entry))),
  };
}

export function wentWell({ jobs }: JobsEnd): boolean {
  return jobs.every(({ state }) => state === "done");
}

function isFrom({ app, at }: TrashView) {
  return ({ apps, createdAt }: JobView): boolean => apps.includes(app) && at >= createdAt;
}

async function failuresOf(
  node: NodeApi,
  failed: readonly JobView[],
  apps: readonly AppStatus[],
): Promise<JobsEnd["failures"]> {
  const found = await Promise.all(
    apps.flatMap(({ id }) => {
      const jobs = failed.filter((job) => job.apps.includes(id));
      if (jobs.length === 0) return [];
      const since = Math.min(...jobs.map(({ createdAt }) => createdAt));
      return [node.explain(id).then(({ failure }) => ({ app: id, failure, since }))];
    }),
  );
  // One that failed before was not these jobs' doing.
  return found.flatMap(({ app, failure, since }) => (failure && failure.at >= since ? [{ app, failure }] : []));
}
