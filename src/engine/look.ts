import type { AppOutlook, Outlook, World } from "../core/plan/plan-node.ts";
import { isUp } from "../core/plan/end-container.ts";
import { isGood } from "../core/plan/standing.ts";
import type { Desire } from "./desire.ts";

/** Everything one look found and decided. */
export interface Look {
  /** ms since the epoch. */
  readonly at: number;
  readonly desire: Desire;
  readonly world: World;
  readonly outlook: Outlook;
  /** Why nothing may be changed on this node at present; null: all is well. */
  readonly nodeHold: string | null;
  /** How many apps' work had ended when it began. */
  readonly epoch: number;
}

/** Nothing is to be put right, and where it can be told, every container does its work. */
export function isAllWell({ entry, slots, steps, holds }: AppOutlook): boolean {
  if (steps.length > 0) return false;
  if (entry.kind !== "resolved") return holds.every(({ until }) => until === undefined);
  return holds.length === 0 && slots.every(({ match, standing }) => match && isGood(standing));
}

/** Every container of what is tried now does its work, and no other one of the app runs: it might do some of it. */
export function doesItsWork({ entry, slots, own }: AppOutlook): boolean {
  if (entry.kind !== "resolved") return false;
  const tried = new Set(slots.map(({ match }) => match));
  return (
    slots.every(({ match, standing }) => match !== null && isGood(standing)) &&
    own.every((found) => tried.has(found) || !isUp(found))
  );
}

/** All new containers of a generation do their work, and one that did not change does not. */
export function oldOneFails({ entry, slots, rollout }: AppOutlook): boolean {
  if (entry.kind !== "resolved" || rollout?.state !== "switching") return false;
  const before = entry.record.committed?.containers ?? {};
  const [old, fresh] = [true, false].map((same) =>
    slots.filter(({ desired }) => (before[desired.name] === desired.hash) === same),
  );
  return (
    fresh?.every(({ standing }) => isGood(standing)) === true && old?.some(({ standing }) => !isGood(standing)) === true
  );
}

/** A node.yml that has vanished would mean "remove everything": with containers of ours here, that needs a person. */
export function holdOf(desire: Desire, world: World): string | null {
  if (!desire.missing || desire.resolved.desired.apps.length > 0 || world.own.length === 0) return null;
  return "node.yml is missing or empty, but containers of this node are here: put it back (accepted/node.yml is the last one that was valid); nothing is changed meanwhile";
}
