import type { Look } from "../engine/look.ts";
import { costKey, planCost } from "../core/plan/plan-cost.ts";
import type { PlanCost } from "../core/plan/plan-view.ts";
import type { ContainerEngine } from "../ports/engine.ts";

/** ms. An estimate is not worth a longer wait. */
const PATIENCE = 5_000;

/** What the plan of a look costs. Asks the engine for the size of images only where others are to be fetched. */
export async function costOfLook({ outlook, world, desire }: Look, engine: ContainerEngine): Promise<PlanCost> {
  const { steps } = outlook.plan;
  const signal = AbortSignal.timeout(PATIENCE);
  const imageBytes = new Map<string, number>();
  for (const { app, container, action } of steps) {
    if (action.op !== "pull" && action.op !== "build") continue;
    const found = world.own.find((own) => own.app === app && own.container === container);
    // What can't be told is left out of the estimate.
    const image = found ? await engine.image(found.summary.imageId, signal).catch(() => null) : null;
    if (image && container !== null) imageBytes.set(costKey(app, container), image.size);
  }
  const running = [...outlook.apps.values()].filter(
    ({ entry }) => entry.kind !== "invalid" && entry.state === "running",
  );
  return planCost(outlook.plan, {
    own: world.own,
    running: new Set(running.map(({ entry }) => entry.id)),
    records: desire.records,
    disks: world.disks,
    imageBytes,
  });
}
