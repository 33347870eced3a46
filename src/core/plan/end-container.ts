import type { DiffEntry } from "../diff/diff.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { ContainerId } from "../ids.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import type { Stray } from "../observed/stray.ts";
import type { StepList } from "./step.ts";

/** For what carries no readable spec of ours. */
const DEFAULT_STOP = { signal: "SIGTERM", grace: 10_000 };

/** Tries in vain after which only a person can help. */
const LAST_RUNG = 4;

const cantRemove = (name: string): string =>
  `needs a person: the engine can't remove ${name}; try "podman rm -f ${name}", then a reboot`;

/** How a container of ours wants to be ended. */
export const stopOf = (found: OwnContainer): { readonly signal: string; readonly grace: number } =>
  found.applied?.spec.stop ?? DEFAULT_STOP;

/** Its process may be there, for all that the engine knows. */
export const isUp = ({ summary }: OwnContainer): boolean =>
  summary.state === "running" || summary.state === "paused" || summary.state === "stopping";

/**
 * Ends a container by a bounded ladder: stop, kill, remove force, remove force again, then a person. Each rung is
 * taken only after the one before failed; memory counts the failures. Gives back whether it has ended for sure when the
 * step is done: a kill may be survived by a process in the kernel's hands, and only another look tells.
 */
export function stopStep(
  list: StepList,
  found: OwnContainer,
  memory: AppMemory,
  reason: string,
  more: { readonly diff?: readonly DiffEntry[]; readonly waits?: string | null; readonly counts?: boolean } = {},
): boolean {
  const { name, container } = found;
  const options = { impact: "restart", ...more } as const;
  // The engine keeps saying "running" or "stopping" of a container whose conmon is gone; only remove force helps.
  const failures = (memory.stuck.get(name) ?? 0) + (found.alive || found.summary.state === "paused" ? 0 : 2);
  switch (failures) {
    case 0:
      // A frozen process can't hear the stop signal.
      if (found.summary.state === "paused") list.add(container, { op: "unpause", name }, reason, options);
      list.add(container, { op: "stop", name, grace: stopOf(found).grace }, reason, options);
      return true;
    case 1:
      list.add(container, { op: "kill", name }, `${reason}; the stop was in vain`, options);
      return false;
    case 2:
    case 3:
    case 4:
      list.add(container, { op: "remove", name, id: found.id, force: true }, `${reason}; it can't be stopped`, options);
      return true;
    default:
      list.hold(
        "person",
        `needs a person: the engine can neither stop nor remove ${name}; try "podman rm -f ${name}", then a reboot`,
      );
      return false;
  }
}

/** What the engine lists and can't tell of any more, as long as that may help. */
export function removeLost(
  list: StepList,
  {
    name,
    container,
    id,
    reason,
  }: { readonly name: string; readonly container: string | null; readonly id: ContainerId; readonly reason: string },
  memory: AppMemory,
): void {
  if ((memory.stuck.get(name) ?? 0) > LAST_RUNG) list.hold("person", cantRemove(name));
  else
    list.add(container, { op: "remove", name, id, force: true }, `only the name of ${name} is left: ${reason}`, {
      impact: "recreate",
    });
}

/** Ends a process that the engine can't end, because it does not know it. */
export function endStray(
  list: StepList,
  container: string,
  stray: Stray,
  stop: { readonly signal: string; readonly grace: number },
): void {
  const how = stray.started ? { signal: stop.signal, grace: stop.grace } : { signal: "SIGKILL", grace: 0 };
  const reason = `a start or removal of ${stray.name} broke off: its process is there, and the engine does not know it`;
  const observed = `pid ${stray.pids.join(", ")}`;
  list.add(container, { op: "end-process", stray, ...how }, reason, {
    diff: [{ path: "process", desired: null, observed, origin: "outside", impact: "restart" }],
  });
}

/** Stops what runs, then removes it; its data stays. Gives back whether its process has ended when that is done. */
export function removeSteps(
  list: StepList,
  found: OwnContainer,
  memory: AppMemory,
  reason: string,
  diff: readonly DiffEntry[] = [],
): boolean {
  const { name, container, id } = found;
  const more = { diff, impact: "recreate" } as const;
  if (isUp(found)) {
    if (!stopStep(list, found, memory, reason, more)) return false;
    if (list.steps.at(-1)?.action.op === "remove") return true;
  }
  const failures = memory.stuck.get(name) ?? 0;
  if (failures > LAST_RUNG) {
    list.hold("person", cantRemove(name));
    return !found.alive;
  }
  const force = failures > 1 || found.summary.state === "removing" || found.summary.state === "unknown";
  list.add(container, { op: "remove", name, id, force }, reason, more);
  return true;
}
