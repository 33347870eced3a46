import type { DesiredContainer, UnresolvedApp } from "../desired/desired.ts";
import { formatProblem } from "../errors/problem.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import { isUp, stopStep } from "./end-container.ts";
import { isGenuine } from "./match.ts";
import { mayAttempt, unmetPredecessor } from "./plan-start.ts";
import { standingOf, type Standing } from "./standing.ts";
import { StepList } from "./step.ts";

interface Kept {
  readonly desired: Pick<DesiredContainer, "name" | "oneShot" | "startAfter">;
  readonly found: OwnContainer;
  readonly standing: Standing;
}

/** Lacks something on this node: what is there is kept running as it was made, nothing is made and nothing removed. */
export function planUnresolved(
  entry: UnresolvedApp,
  own: readonly OwnContainer[],
  view: { readonly memory: AppMemory; readonly now: number },
): StepList {
  const list = new StepList(entry.id);
  for (const problem of entry.problems) list.hold("person", formatProblem(problem));
  const kept = newestOfEach(entry, own, view.memory);
  if (entry.state === "stopped") {
    for (const { found } of kept.toReversed())
      if (isUp(found)) stopStep(list, found, view.memory, "the owner wants it stopped");
  } else {
    for (const each of kept) keepRunning(list, each, kept, view);
  }
  return list;
}

/**
 * One of each: that which runs, for another on the same data would be worse than any, else the committed one, else the
 * newest. While a generation runs that was not committed, none of the committed one is begun beside it. In the manifest's
 * start order; what it no longer knows comes last.
 */
function newestOfEach(entry: UnresolvedApp, own: readonly OwnContainer[], memory: AppMemory): readonly Kept[] {
  const newest = new Map<string, OwnContainer>();
  const committed = entry.record.committed?.containers ?? {};
  const isCommitted = (found: OwnContainer): boolean => committed[found.container] === found.hash;
  const genuine = own.filter(isGenuine);
  const isBesideCommitted = genuine.some((found) => isUp(found) && !isCommitted(found));
  const rank = (found: OwnContainer): number => {
    if (isUp(found)) return 2;
    return isCommitted(found) && !isBesideCommitted ? 1 : 0;
  };
  for (const found of genuine.toSorted((a, b) => rank(a) - rank(b) || a.generation - b.generation))
    newest.set(found.container, found);
  const known = new Set(entry.containers.map(({ name }) => name));
  for (const [name, found] of newest) if (isBesideCommitted && !known.has(name) && !isUp(found)) newest.delete(name);
  const dropped = [...newest.keys()].filter((name) => !known.has(name)).toSorted();
  return [...entry.containers, ...dropped.map((name) => ({ name, oneShot: false, startAfter: [] }))].flatMap(
    (desired) => {
      const found = newest.get(desired.name);
      return found ? [{ desired, found, standing: standingOf({ ...desired, health: {} }, found, memory) }] : [];
    },
  );
}

function keepRunning(
  list: StepList,
  { desired, found, standing }: Kept,
  all: readonly Kept[],
  view: { readonly memory: AppMemory; readonly now: number },
): void {
  const { name } = found;
  switch (standing.state) {
    case "paused":
      list.add(desired.name, { op: "unpause", name }, `${name} is paused`);
      break;
    case "created":
    case "exited": {
      const counts = standing.state === "exited";
      const reason = `${name} is ${standing.state}; it goes on as it was made`;
      const waits = unmetPredecessor({ desired }, all);
      if (counts && !mayAttempt(list, view, reason)) break;
      list.add(desired.name, { op: "start", name }, reason, { impact: "restart", waits, counts });
      break;
    }
    case "dead":
      // Only its removal would help, and nothing could take its place.
      list.hold(
        "wait",
        `${name} is "running" for the engine, but its process is gone; it can't be made anew meanwhile`,
      );
      break;
    case "missing":
    case "starting":
    case "loading":
    case "ready":
    case "done":
    case "unready":
    case "failing":
    case "stuck":
      break;
  }
}
