import type { DesiredApp } from "../desired/desired.ts";
import { NO_BACKOFF } from "../memory/backoff.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { RolloutStatus } from "../status/status.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import { laterThan, mayGoBack, rolloutFailure, type RolloutFailure } from "../rollout/rollout-failure.ts";
import { hashesOf, rolloutOf } from "../rollout/rollout.ts";
import { NO_GUARD, planApp, type AppPlan, type AppView, type Guard } from "./plan-app.ts";
import { isUp, removeSteps } from "./end-container.ts";
import { matchContainers } from "./match.ts";
import { StepList } from "./step.ts";

export interface RolloutPlan extends AppPlan {
  /** What the steps that can be done now are made for: the wanted app, or its last good generation. */
  readonly effective: DesiredApp;
  readonly rollout: RolloutStatus | null;
}

type View = Omit<AppView, "guard">;

/**
 * One app, with its earlier generation in mind: that one is kept running until everything of the new one is at hand, kept
 * at hand until the new one has proven itself, and comes back where it fails.
 */
export function planRollout(entry: DesiredApp, view: View): RolloutPlan {
  const rollout = rolloutOf(entry, view.own);
  switch (rollout.kind) {
    case "settled": {
      if (isForcedBack(entry, view)) return keepAsItIs(entry, view);
      // Nothing was ever good: what was superseded on the way there is nothing to go back to.
      const keep = entry.record.committed === null && !entry.accepted ? new Set<string>() : null;
      return { ...planApp(entry, { ...view, guard: { ...NO_GUARD, keep } }), effective: entry, rollout: null };
    }
    case "rolled-back": {
      const { good, quarantine } = rollout;
      const reason = `version ${quarantine.version} failed: ${quarantine.reason}; version ${good.version} runs, until something changes or you say retry`;
      const plan = planApp(good, { ...view, guard: NO_GUARD });
      return { ...plan, effective: good, rollout: statusOf("rolled-back", good, entry, reason) };
    }
    case "under-way":
      return planUnderWay(entry, rollout.good, view);
  }
}

/**
 * A manifest that breaks in the middle of a rollout, such as one that is just being edited, would bring the accepted version
 * back. Where that forbids to go back, the data may be those of the later one already.
 */
function isForcedBack(entry: DesiredApp, { own, stopFor }: View): boolean {
  if (!entry.standsIn || entry.rollback === "safe" || entry.state === "stopped" || stopFor !== null) return false;
  return laterThan(entry, own).some(({ startedAt }) => startedAt > 0);
}

function keepAsItIs(entry: DesiredApp, { own, memory }: View): RolloutPlan {
  const list = new StepList(entry.id);
  const why = entry.notices[0] ?? "its manifest can't be read";
  list.hold(
    "person",
    `needs a person: its data may be those of a version after ${entry.version}, whose manifest is not there any more; nothing is changed until it is: ${why}`,
  );
  const matching = matchContainers(entry.containers, own, memory);
  return { list, matching, fetching: null, blocked: null, proving: false, effective: entry, rollout: null };
}

function planUnderWay(entry: DesiredApp, good: DesiredApp, view: View): RolloutPlan {
  const keep = new Set([...Object.values(hashesOf(good.containers)), ...witnesses(entry, good, view.own)]);
  const guard: Guard = { keep, window: entry.stableFor, commits: true };
  const wanted = planApp(entry, { ...view, guard });
  if (entry.state === "stopped" || view.stopFor !== null) {
    // How they end now says nothing of them: they are made anew when the app is wanted to run again.
    if (entry.rollback === "safe") removeUnproven(wanted, good, view.memory);
    return { ...wanted, effective: entry, rollout: null };
  }
  const failure = rolloutFailure(entry, good, wanted.matching, view);
  const canGoBack = mayGoBack(entry, good, view.own);
  if (failure && canGoBack) return goBack(entry, good, failure, view);
  if (failure) {
    const reason = `needs a person: version ${entry.version} failed: ${failure.reason}; its manifest forbids to go back to ${good.version}, for its data may have changed; look at its logs, mend its settings, or restore a backup`;
    wanted.list.hold("person", reason);
    return { ...wanted, effective: entry, rollout: statusOf("stuck", good, entry, reason) };
  }
  const waits = wanted.fetching ?? (hasBegun(good, view) ? null : wanted.blocked);
  if (waits !== null && canGoBack) return meanwhile(entry, good, wanted, waits, view);
  const state = wanted.fetching !== null ? "fetching" : wanted.proving ? "proving" : "switching";
  const reason = wanted.list.holds[0]?.reason ?? wanted.list.steps[0]?.reason ?? "the new generation comes up";
  return { ...wanted, effective: entry, rollout: statusOf(state, good, entry, reason) };
}

/** Tells that something later than the good generation has run on its data, where that forbids to go back. */
function witnesses({ rollback }: DesiredApp, good: DesiredApp, own: readonly OwnContainer[]): readonly string[] {
  if (rollback === "safe") return [];
  const ran = laterThan(good, own).filter(({ startedAt }) => startedAt > 0);
  const newest = ran.toSorted((a, b) => a.generation - b.generation).at(-1);
  return newest ? [newest.hash] : [];
}

/** The note comes first: a daemon that is killed after it goes on going back. */
function goBack(entry: DesiredApp, good: DesiredApp, { reason, failed }: RolloutFailure, view: View): RolloutPlan {
  // The pauses were earned by the one that failed.
  const memory = { ...view.memory, backoff: NO_BACKOFF, lastError: null };
  const plan = planApp(good, { ...view, memory, guard: NO_GUARD });
  const back = plan.list.steps.length === 0 ? `version ${good.version} runs on` : `back to version ${good.version}`;
  const sentence = `version ${entry.version} failed: ${reason}; ${back}`;
  plan.list.first(null, { op: "quarantine", failed, reason }, sentence);
  return { ...plan, effective: good, rollout: statusOf("rolled-back", good, entry, sentence) };
}

/** The earlier generation was stopped for the new one, or that one has run: its ports may be free in a moment. */
function hasBegun(good: DesiredApp, { own, memory }: View): boolean {
  const later = laterThan(good, own);
  return (
    later.some(({ startedAt }) => startedAt > 0) ||
    own.some((found) => !later.includes(found) && memory.stopped.has(found.name))
  );
}

/** While images come or a port is not to be had, the earlier generation is kept as it was; the rest of the plan is shown, and waits. */
function meanwhile(entry: DesiredApp, good: DesiredApp, wanted: AppPlan, waits: string, view: View): RolloutPlan {
  const heal = planApp(good, { ...view, guard: { ...NO_GUARD, commits: false } });
  const { list } = heal;
  for (const step of wanted.list.steps) {
    const { op } = step.action;
    if (op === "pull" || op === "build") list.steps.push(step);
    else if (step.waits !== null) list.steps.push({ ...step, waits });
  }
  list.holds.push(...wanted.list.holds.filter(({ reason }) => !list.holds.some((hold) => hold.reason === reason)));
  const reason = list.holds[0]?.reason ?? waits;
  return { ...heal, fetching: waits, effective: good, rollout: statusOf("fetching", good, entry, reason) };
}

function removeUnproven({ list, matching }: AppPlan, good: DesiredApp, memory: AppMemory): void {
  const before = hashesOf(good.containers);
  for (const { desired, match } of matching.slots) {
    if (!match || before[desired.name] === match.hash || isUp(match) || match.startedAt === 0) continue;
    removeSteps(list, match, memory, `${match.name} was stopped before it had proven itself`);
  }
}

function statusOf(state: RolloutStatus["state"], good: DesiredApp, entry: DesiredApp, reason: string): RolloutStatus {
  return { state, from: good.version, to: entry.version, reason };
}
