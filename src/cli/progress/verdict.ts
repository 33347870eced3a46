import type { AppState, AppStatus, NodeStatus, RolloutStatus } from "../../core/status/status.ts";
import type { PlanView } from "../../rpc/node-api.ts";

/**
 * What is waited for. `converged`: it is as it should be, also where it still loads for days; a rollout of it is over and
 * went well.
 */
export type Goal = "ready" | "stopped" | "converged";

const ARRIVED: Readonly<Record<Goal, readonly AppState[]>> = {
  ready: ["ready"],
  stopped: ["stopped"],
  converged: ["ready", "loading", "stopped", "absent"],
};

/** Nothing more comes of these by itself within a while. */
const STUCK: readonly AppState[] = ["failed", "held", "invalid"];

export type Arrival = "arrived" | "stuck" | "moving";

/** How far an app is; undefined: the node does not know it, or no longer. */
export function arrival(app: AppStatus | undefined, goal: Goal): Arrival {
  const state = app?.state ?? "absent";
  if (!ARRIVED[goal].includes(state)) return STUCK.includes(state) ? "stuck" : "moving";
  const rollout = goal === "converged" && app !== undefined ? rolloutOf(app) : null;
  if (rollout === null) return "arrived";
  return hasFailed(rollout) ? "stuck" : "moving";
}

/** null also for an app that is stopped: what is wanted of it is tried when it is started. */
function rolloutOf({ state, rollout }: AppStatus): RolloutStatus | null {
  return state === "stopped" ? null : rollout;
}

/** The rollout ended, and not as it should have. */
export function hasFailed({ state }: RolloutStatus): boolean {
  return state === "rolled-back" || state === "stuck";
}

/** Whether every watched app is at its goal or stuck. A plan may say that the state is about to change all the same. */
export function looksSettled(status: NodeStatus, watched: readonly string[], goal: Goal): boolean {
  return watched.every((id) => arrival(find(status, id), goal) !== "moving");
}

/** Whether the plan has something that can be done now, for one of these apps or for any: states then change soon. */
export function hasWork(plan: PlanView, watched: readonly string[] | null): boolean {
  return plan.steps.some((step) => step.waits === null && (watched === null || watched.includes(step.app)));
}

/** ms. The first few pauses after a failure are worth waiting for; later ones are longer than anybody's patience. */
const PATIENCE = 10_000;

/** Whether one of these apps has failed and is tried again in a moment. `now`: ms since the epoch. */
export function isTriedSoon({ apps }: NodeStatus, plan: PlanView, watched: readonly string[], now: number): boolean {
  const failed = new Set(
    apps.filter(({ id, state }) => state === "failed" && watched.includes(id)).map(({ id }) => id),
  );
  return plan.holds.some(({ app, until }) => failed.has(app) && until !== undefined && until - now <= PATIENCE);
}

/** Whether some app is on its way, so that one that waits for it may yet get what it waits for. `now`: as above. */
export function isRestless({ apps, engine }: NodeStatus, plan: PlanView, now: number): boolean {
  if (engine.state !== "available") return true;
  return apps.some((app) => {
    if (app.state === "starting" || app.state === "loading") return true;
    const rollout = rolloutOf(app);
    return rollout !== null && !hasFailed(rollout) && !isHeldUp(plan, app.id, now);
  });
}

/** Whether its rollout waits for a person or for longer than anybody's patience. */
function isHeldUp({ holds }: PlanView, id: string, now: number): boolean {
  return holds.some(
    ({ app, kind, until }) =>
      app === id && kind !== "window" && kind !== "wait" && (until === undefined || until - now > PATIENCE),
  );
}

export function find(status: NodeStatus, id: string): AppStatus | undefined {
  return status.apps.find((app) => app.id === id);
}
