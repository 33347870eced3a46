import type { DesiredNode } from "../desired/desired.ts";
import { appId } from "../ids.ts";
import { humanBytes } from "../human-bytes.ts";
import type { AppOutlook, World } from "./plan-node.ts";
import { NO_APP, StepList } from "./step.ts";

/**
 * Removes images that we fetched and no app needs, where free space has fallen under the mark or somebody waits for more.
 * Kept: what any container was made from, what is wanted, and what the committed generation of each app and the one before
 * it were made from. Never while an app changes its generation: it may have to go back. One that waits for room changes
 * nothing, and would wait for ever.
 */
export function planImages(desired: DesiredNode, world: World, apps: readonly AppOutlook[]): StepList {
  const list = new StepList(appId(NO_APP));
  const waiting = (app: AppOutlook): boolean => app.holds.some(({ kind }) => kind === "disk");
  const below = apps.some(waiting) ? Infinity : desired.marks.collectBelow;
  const tight = world.disks.find(({ what, free }) => what === "images" && free < below);
  if (!tight || world.fetched.size === 0 || world.busy.size > 0) return list;
  if (apps.some((app) => isChanging(app) && !waiting(app))) return list;
  const kept = new Set(world.containers.map(({ image }) => image));
  for (const entry of desired.apps) {
    if (entry.kind === "invalid") continue;
    for (const image of entry.record.committed?.images ?? []) kept.add(image);
    for (const image of entry.record.committed?.previousImages ?? []) kept.add(image);
    if (entry.kind === "resolved") for (const { spec } of entry.containers) kept.add(spec.image);
  }
  for (const image of [...world.fetched].toSorted()) {
    if (kept.has(image)) continue;
    list.add(null, { op: "remove-image", image }, `no app needs ${image}, and only ${humanBytes(tight.free)} are free`);
  }
  return list;
}

/** One that has gone back stays so for as long as nothing new is wanted. */
const isChanging = ({ rollout, entry }: AppOutlook): boolean =>
  (rollout !== null && rollout.state !== "rolled-back") || entry.kind === "unresolved";
