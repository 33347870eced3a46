import { planCost } from "../core/plan/plan-cost.ts";
import type { PlanCost } from "../core/plan/plan-view.ts";
import type { Look } from "../engine/look.ts";

/** What the plan of a look costs. */
export function costOfLook({ outlook, world, desire }: Look): PlanCost {
  const running = [...outlook.apps.values()].filter(
    ({ entry }) => entry.kind !== "invalid" && entry.state === "running",
  );
  return planCost(outlook.plan, {
    own: world.own,
    running: new Set(running.map(({ entry }) => entry.id)),
    records: desire.records,
    disks: world.disks,
    imageBytes: world.imageBytes,
  });
}
