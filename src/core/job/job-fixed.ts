import { phaseOf } from "./job-phase.ts";
import { sightOf, type AppSight, type JobSight } from "./job-sight.ts";
import type { RunningJob } from "./judge-job.ts";

/** Why a job that runs can't be cancelled; null: it can. `sight` is null before the first look. */
export function fixedFor(job: RunningJob, sight: JobSight | null): string | null {
  const apps = sight === null ? [] : job.apps.map((app) => sightOf(sight, app));
  switch (job.kind) {
    case "install":
      return null;
    case "restart":
      return "a restart can't be undone";
    case "uninstall":
      if (!job.note.moving) return null;
      return job.note.purge
        ? "its data is being deleted"
        : "its data is in the trash; `install --restore` brings it back";
    case "update": {
      const started = apps.find(hasNewStarted);
      if (!started) return null;
      return `the new version of ${started.app} has started, and an older one may not run on data that it has touched`;
    }
    case "adopt": {
      const replaced = apps.some((seen) => ["stop", "start", "prove", "remove"].includes(phaseOf(seen)));
      return replaced ? "its containers are being replaced; where that fails, those that were there come back" : null;
    }
  }
}

/** Of an app whose data no older version may see again. */
function hasNewStarted({ status, rollback }: AppSight): boolean {
  if (rollback === null || rollback === "safe" || !status?.rollout) return false;
  if (status.rollout.state === "proving") return true;
  // The earlier generation stays until the new one has proved itself.
  return status.containers.some(
    ({ container, generation, startedAt }) =>
      startedAt > 0 &&
      status.containers.some((other) => other.container === container && other.generation < generation),
  );
}
