import type { ContainerSummary } from "../observed/observed.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import type { AppRecord } from "../record/app-record.ts";
import type { Disk } from "./disk.ts";
import type { Plan, Step } from "./plan.ts";
import type { PlanCost } from "./plan-view.ts";

/** What a plan's cost is estimated from. */
export interface CostGround {
  readonly own: readonly (Pick<OwnContainer, "app" | "container" | "name" | "alive"> & {
    readonly summary: Pick<ContainerSummary, "imageId">;
  })[];
  /** Apps that shall run; the others do not come back after a stop. */
  readonly running: ReadonlySet<string>;
  readonly records: ReadonlyMap<string, AppRecord>;
  readonly disks: readonly Disk[];
  /** Bytes by image id: the next image of a container is likely to be as large as the one it runs now. */
  readonly imageBytes: ReadonlyMap<string, number>;
}

/** What a plan asks of the node, as far as it can be told before. */
export function planCost({ steps }: Pick<Plan, "steps">, ground: CostGround): PlanCost {
  const images = imagesOf(steps, ground);
  return {
    images,
    disk: {
      needed: images.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      free: ground.disks.find(({ what }) => what === "images")?.free ?? null,
    },
    downtime: downtimeOf(steps, ground),
  };
}

/** Each image once, whoever asks for it. */
function imagesOf(steps: readonly Step[], { own, imageBytes }: CostGround): PlanCost["images"] {
  const images = new Map<string, number | null>();
  for (const { app, container, action } of steps) {
    if (action.op !== "pull" && action.op !== "build") continue;
    const before = own.find((found) => found.app === app && found.container === container);
    const bytes = imageBytes.get(before?.summary.imageId ?? "");
    images.set(action.image, bytes ?? images.get(action.image) ?? null);
  }
  return [...images].map(([image, bytes]) => ({ image, bytes }));
}

/** An app that runs and shall run, and whose plan stops a container on the way. */
function downtimeOf(steps: readonly Step[], { own, running, records }: CostGround): PlanCost["downtime"] {
  const alive = new Set(own.filter((found) => found.alive).map(({ name }) => name));
  const stopping = steps.filter(({ action: { op, ...action } }) => {
    const ends = op === "stop" || op === "kill" || op === "remove";
    return ends && "name" in action && alive.has(action.name);
  });
  const apps = [...new Set(stopping.map(({ app }) => app))].filter((app) => running.has(app));
  return apps.map((app) => ({ app, ms: records.get(app)?.committed?.downtime ?? null }));
}
