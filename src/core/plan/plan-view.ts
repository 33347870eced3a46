import type { DiffEntry, Impact } from "../diff/diff.ts";
import type { Hold, Op, Plan } from "./plan.ts";

/** A plan as people and programs outside the daemon see it. */
export interface PlanView {
  readonly id: string;
  readonly steps: readonly PlanStepView[];
  readonly holds: readonly Hold[];
  readonly cost: PlanCost;
}

/** What a plan asks of the node. Estimates: they are no part of the plan's id. */
export interface PlanCost {
  /** To be pulled or built. bytes: as far as it can be told before; null: it can't. */
  readonly images: readonly { readonly image: string; readonly bytes: number | null }[];
  /** Bytes. `needed`: what could be told of the images; `free`: null where it is not known. */
  readonly disk: { readonly needed: number; readonly free: number | null };
  /** Apps that stop serving for a while. ms: as long as it took the last time; null: never measured. */
  readonly downtime: readonly { readonly app: string; readonly ms: number | null }[];
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

const NO_COST: PlanCost = { images: [], disk: { needed: 0, free: null }, downtime: [] };

/** Leaves out what only the executor needs: names in the engine, graces, signals. */
export function viewPlan(plan: Plan, cost: PlanCost = NO_COST): PlanView {
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
    cost,
  };
}
