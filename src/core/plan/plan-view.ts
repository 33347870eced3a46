import type { DiffEntry, Impact } from "../diff/diff.ts";
import type { Hold, Op, Plan } from "./plan.ts";

/** A plan as people and programs outside the daemon see it. */
export interface PlanView {
  readonly id: string;
  readonly steps: readonly PlanStepView[];
  readonly holds: readonly Hold[];
}

export interface PlanStepView {
  readonly app: string;
  readonly container: string | null;
  readonly op: Op;
  readonly reason: string;
  readonly impact: Impact;
  readonly diff: readonly DiffEntry[];
  readonly waits: string | null;
}

/** Leaves out what only the executor needs: names in the engine, graces, signals. */
export function viewPlan(plan: Plan): PlanView {
  return {
    id: plan.id,
    steps: plan.steps.map(({ app, container, action, reason, impact, diff, waits }) => ({
      app,
      container,
      op: action.op,
      reason,
      impact,
      diff,
      waits,
    })),
    holds: plan.holds,
  };
}
