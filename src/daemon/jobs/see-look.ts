import { appId } from "../../core/ids.ts";
import type { AppSight, JobSight } from "../../core/job/job-sight.ts";
import type { AppStatus } from "../../core/status/status.ts";
import type { Look } from "../../engine/look.ts";
import type { JobLoop } from "./job-loop.ts";

/** A look as jobs see it. */
export function seeLook(
  { at, desire, world, outlook }: Look,
  statuses: ReadonlyMap<string, AppStatus>,
  loop: Pick<JobLoop, "isBusy" | "fetchProgress">,
): JobSight {
  const steps = Map.groupBy(outlook.plan.steps, ({ app }) => app);
  const holds = Map.groupBy(outlook.plan.holds, ({ app }) => app);
  const present = new Set([...world.own, ...world.unclear].map(({ app }) => app));
  const apps = new Map<string, AppSight>();
  for (const name of new Set([...Object.keys(desire.config.apps), ...present, ...steps.keys(), ...holds.keys()])) {
    const app = appId(name);
    const wanted = outlook.apps.get(app)?.entry;
    apps.set(name, {
      app,
      entry: desire.config.apps[name] ?? null,
      status: statuses.get(name) ?? null,
      steps: steps.get(app) ?? [],
      holds: holds.get(app) ?? [],
      busy: loop.isBusy(app),
      present: present.has(name),
      rollback: wanted?.kind === "resolved" ? wanted.rollback : null,
    });
  }
  return { now: at, apps, fetching: loop.fetchProgress() };
}
