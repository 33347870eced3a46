import type { Op } from "../plan/plan.ts";
import { arrivalOf } from "./arrival.ts";
import type { JobView } from "./job.ts";
import { nextStep, sightOf, type AppSight, type JobSight } from "./job-sight.ts";

export type Phase = "fetch" | "prepare" | "stop" | "start" | "prove" | "remove" | "trash" | "wait";

const PHASES = {
  pull: "fetch",
  build: "fetch",
  "create-network": "prepare",
  create: "prepare",
  connect: "prepare",
  disconnect: "prepare",
  render: "prepare",
  accept: "prepare",
  stop: "stop",
  kill: "stop",
  "end-process": "stop",
  quarantine: "stop",
  start: "start",
  unpause: "start",
  reload: "start",
  remove: "remove",
  "remove-network": "remove",
  "remove-image": "remove",
  forget: "remove",
} as const satisfies Record<Op, Phase>;

/** What is being done about one app. */
export function phaseOf(seen: AppSight): Phase {
  const rollout = seen.status?.rollout?.state;
  if (rollout === "proving") return "prove";
  const step = nextStep(seen);
  if (step) return PHASES[step.action.op];
  if (rollout === "fetching") return "fetch";
  if (seen.holds.some(({ kind }) => kind === "window")) return "prove";
  return seen.status?.state === "starting" || rollout === "switching" ? "start" : "wait";
}

/** The app that a job of several is best told by: one that is being worked on, else the first that is not there yet. */
export function leadingApp(apps: readonly AppSight[], now: number): AppSight | undefined {
  const open = apps.filter((seen) => arrivalOf(seen, now) !== "arrived");
  return open.find((seen) => phaseOf(seen) !== "wait") ?? open[0];
}

/** Layers of the images that these apps are being fetched, as far as their registries say. */
export function fetchProgressOf(apps: readonly string[], sight: JobSight): JobView["progress"] {
  const images = new Set(
    apps.flatMap((app) =>
      sightOf(sight, app).steps.flatMap(({ action }) =>
        action.op === "pull" || action.op === "build" ? [action.image] : [],
      ),
    ),
  );
  let [done, total] = [0, 0];
  for (const image of images) {
    const progress = sight.fetching.get(image);
    done += progress?.done ?? 0;
    total += progress?.known ?? 0;
  }
  return total === 0 ? null : { done, total, unit: "layers" };
}
