import type { AppState } from "../status/status.ts";
import { nextStep, type AppSight } from "./job-sight.ts";

/** `moving`: something is being done about it, or will be in a moment. `waiting`: for another app. */
export type Arrival = "arrived" | "moving" | "waiting" | "stuck";

/** As it should be, also where it loads for days. */
const ARRIVED: readonly AppState[] = ["ready", "loading", "stopped"];
/** Nothing more comes of these by itself within a while. */
const STUCK: readonly AppState[] = ["failed", "held", "invalid"];

/** ms. The first few pauses after a failure are worth waiting for; later ones are longer than anybody's patience. */
const PATIENCE = 10_000;

/** How far a wanted app is. A rollout that failed has ended: what runs then is up to `status.state`. */
export function arrivalOf(seen: AppSight, now: number): Arrival {
  const { status, holds } = seen;
  const state = status?.state ?? "absent";
  if (seen.busy || nextStep(seen) || isOnItsWay(seen, now)) return "moving";
  // What runs goes on while the next generation comes; one that is held up does not come by itself.
  if (isRollingOut(seen)) return holds.length > 0 || STUCK.includes(state) ? "stuck" : "moving";
  if (ARRIVED.includes(state)) return "arrived";
  if (STUCK.includes(state) || state === "absent") return "stuck";
  return state === "waiting" ? "waiting" : "moving";
}

function isRollingOut({ status }: AppSight): boolean {
  const state = status?.rollout?.state;
  return state === "fetching" || state === "switching" || state === "proving";
}

/** It proves itself, or it has failed and is tried again in a moment. */
function isOnItsWay({ status, holds }: AppSight, now: number): boolean {
  if (status?.state === "held" || holds.some(({ kind }) => kind === "person")) return false;
  return holds.some(
    ({ kind, until }) => kind === "window" || (kind === "pause" && until !== undefined && until - now <= PATIENCE),
  );
}

/** Whether some app is on its way, so that one that waits for it may yet get what it waits for. */
export function isRestless(all: Iterable<AppSight>, now: number): boolean {
  for (const seen of all) if (seen.status?.state === "loading" || arrivalOf(seen, now) === "moving") return true;
  return false;
}
