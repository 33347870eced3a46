import type { DesiredApp, DesiredContainer } from "../desired/desired.ts";
import { fileDrift } from "../diff/file-drift.ts";
import type { DiffEntry, Impact } from "../diff/diff.ts";
import { isPaused } from "../memory/backoff.ts";
import { containerName, type OwnContainer } from "../observed/own-container.ts";
import { isUp, stopStep } from "./end-container.ts";
import type { Matching, Slot } from "./match.ts";
import type { AppView } from "./plan-app.ts";
import { portLeaver } from "./ports.ts";
import { isAboutToStart, isStarted, type Standing } from "./standing.ts";
import { describeDiff, type StepList } from "./step.ts";

/** ms. */
const CLEAN_UP_LOOK = 100;

/**
 * Brings every container of the wanted generation up, in order, each behind its conditions. Not those in `unended`:
 * another process of theirs may still run.
 */
export function planStart(
  list: StepList,
  desired: DesiredApp,
  matching: Matching,
  view: AppView & { readonly fetching: string | null },
  unended: ReadonlySet<string>,
): void {
  for (const slot of matching.slots) {
    if (unended.has(slot.desired.name)) continue;
    // One that is there does not wait for the images of others, unless it would take the place of one that runs.
    const isNew = !slot.match || slot.others.some(isUp);
    const waits =
      (isNew ? view.fetching : null) ??
      view.waitsFor ??
      unmetPredecessor(slot, matching.slots) ??
      cleanUp(list, slot, matching, view);
    const { standing } = slot;
    const name = slot.match?.name ?? containerName(desired.id, slot.desired.name, matching.nextGeneration);
    switch (standing.state) {
      case "missing":
        start(
          list,
          slot,
          name,
          slot.others.length > 0 ? "takes the place of the earlier generation" : "wanted running",
          {
            waits,
            impact: slot.others.length > 0 ? "recreate" : "none",
          },
        );
        break;
      case "created":
        startAnew(
          list,
          slot,
          name,
          slot.match?.startedAt === 0 ? "wanted running" : "wanted running: a reboot left it created",
          "created",
          view,
          waits,
          false,
        );
        break;
      case "exited": {
        if (slot.match && view.memory.stopped.has(slot.match.name)) {
          startAnew(list, slot, name, "wanted running again", null, view, waits, false);
          break;
        }
        const how = standing.oom ? "ran out of memory" : `exited with code ${standing.exitCode}`;
        const words = slot.match?.lastLine ? `: ${slot.match.lastLine}` : "";
        startAnew(list, slot, name, `${name} ${how}${words}`, `exited (code ${standing.exitCode})`, view, waits, true);
        break;
      }
      case "dead":
        if (slot.match)
          stopStep(list, slot.match, view.memory, `${name} is "running" for the engine, but its process is gone`, {
            diff: [stateDiff("dead", "restart")],
            counts: true,
          });
        break;
      case "stuck":
        if (slot.match)
          stopStep(list, slot.match, view.memory, `${name} is ${standing.engine}`, {
            diff: [stateDiff(standing.engine, "restart")],
          });
        break;
      case "failing":
        if (slot.match && mayAttempt(list, view, `${name} fails its ${standing.probe} probe: ${standing.detail}`)) {
          const diff: DiffEntry = {
            path: standing.probe,
            desired: "pass",
            observed: standing.detail,
            origin: "outside",
            impact: "restart",
          };
          restart(
            list,
            slot,
            slot.match,
            `${name} fails its ${standing.probe} probe: ${standing.detail}`,
            [diff],
            view,
            true,
          );
        }
        break;
      case "starting":
      case "loading":
      case "ready":
      case "unready":
        if (slot.match) planRestart(list, desired, slot, slot.match, view);
        break;
      case "paused":
      case "done":
        break;
    }
  }
}

/** What the engine has still to clean up before that container may have its port; the next look is soon. */
function cleanUp(list: StepList, slot: Slot, { leftovers }: Matching, { now }: AppView): string | null {
  if (!isAboutToStart(slot.standing)) return null;
  const leaver = portLeaver(slot, [...slot.others, ...leftovers], now);
  if (leaver === null) return null;
  const sentence = `the engine has still to clean up behind ${leaver}, which had the same port`;
  list.hold("pause", sentence, now + CLEAN_UP_LOOK);
  return sentence;
}

/** Reasons to restart a container that runs. */
function planRestart(list: StepList, desired: DesiredApp, slot: Slot, match: OwnContainer, view: AppView): void {
  const { startedAt } = match;
  const drift = fileDrift(slot.desired, match).restart;
  if (drift.length > 0) {
    restart(list, slot, match, describeDiff(drift), drift, view, false);
  } else if (startedAt < desired.restartedAt && desired.restartedAt <= view.now && !slot.desired.oneShot) {
    // Not before its time: on a machine that boots without a clock every start would be too early.
    restart(list, slot, match, "the owner wants it restarted", [], view, false);
  } else if (view.restartFor && startedAt < view.restartFor.after && !slot.desired.oneShot) {
    restart(list, slot, match, view.restartFor.reason, [], view, false);
  }
}

function restart(
  list: StepList,
  slot: Slot,
  match: OwnContainer,
  reason: string,
  diff: readonly DiffEntry[],
  view: AppView,
  counts: boolean,
): void {
  // What can't be stopped is removed instead; the next look then makes it anew.
  if (!stopStep(list, match, view.memory, reason, { diff, counts }) || list.steps.at(-1)?.action.op === "remove")
    return;
  renderIfDrifted(list, slot);
  start(list, slot, match.name, reason, {});
}

/** Starts what exists and does not run: at once the first time, then with pauses. */
function startAnew(
  list: StepList,
  slot: Slot,
  name: string,
  reason: string,
  observed: string | null,
  view: AppView,
  waits: string | null,
  counts: boolean,
): void {
  if (counts && !mayAttempt(list, view, reason)) return;
  renderIfDrifted(list, slot);
  const ranBefore = slot.match?.startedAt !== 0;
  start(list, slot, name, reason, {
    waits,
    counts,
    ...(ranBefore
      ? { diff: observed === null ? [] : [stateDiff(observed, "restart")] }
      : { impact: slot.others.length > 0 ? "recreate" : "none" }),
  });
}

/** Files are put right before a start: a new start reads the path anew, so a new inode is seen. */
function renderIfDrifted(list: StepList, slot: Slot): void {
  if (!slot.match) return;
  const drift = fileDrift(slot.desired, slot.match);
  const diff = [...drift.restart, ...[...drift.reload.values()].flat()];
  if (diff.length === 0) return;
  list.add(slot.desired.name, { op: "render", name: slot.match.name }, describeDiff(diff), { diff });
}

function start(
  list: StepList,
  slot: Slot,
  name: string,
  reason: string,
  more: {
    readonly waits?: string | null;
    readonly counts?: boolean;
    readonly diff?: readonly DiffEntry[];
    readonly impact?: Impact;
  },
): void {
  list.add(slot.desired.name, { op: "start", name }, reason, { impact: "restart", ...more });
}

/** What ended by itself is tried again after a pause; while that lasts, a hold says so. */
export function mayAttempt(list: StepList, { memory, now }: Pick<AppView, "memory" | "now">, reason: string): boolean {
  if (!isPaused(memory.backoff, now)) return true;
  const { attempts, nextAt } = memory.backoff;
  const times = attempts === 1 ? "once" : `${attempts} times`;
  const why = memory.lastError ?? `started again ${times} already`;
  list.hold("pause", `${reason}; ${why}`, nextAt);
  return false;
}

const stateDiff = (observed: string, impact: "restart"): DiffEntry => ({
  path: "state",
  desired: "running",
  observed,
  origin: "outside",
  impact,
});

/** A one-shot must have exited 0; any other must run with its startup probe passed. */
export function unmetPredecessor(
  { desired }: { readonly desired: Pick<DesiredContainer, "startAfter"> },
  slots: readonly { readonly desired: Pick<DesiredContainer, "name" | "oneShot">; readonly standing: Standing }[],
): string | null {
  for (const name of desired.startAfter) {
    const before = slots.find((slot) => slot.desired.name === name);
    if (!before) continue;
    const { standing } = before;
    if (before.desired.oneShot ? standing.state !== "done" : !isStarted(standing)) {
      return before.desired.oneShot
        ? `${name} must run to its end first (it is ${standing.state})`
        : `${name} must be started first (it is ${standing.state})`;
    }
  }
  return null;
}
