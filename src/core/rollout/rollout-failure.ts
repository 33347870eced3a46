import type { DesiredApp } from "../desired/desired.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import { isUp } from "../plan/end-container.ts";
import { isGenuine, type Matching, type Slot } from "../plan/match.ts";
import type { AppView } from "../plan/plan-app.ts";
import type { FailedSet, Op } from "../plan/plan.ts";
import { hashesOf, trialOf } from "./rollout.ts";

/** Why a new generation has failed. */
export interface RolloutFailure {
  /** A sentence without its full stop. */
  readonly reason: string;
  readonly failed: FailedSet;
}

/** ms that a container which did not change may fail beside new ones that do their work. */
const PATIENCE = 60_000;

/** Steps that fail because of what the new generation is. A stop that fails is the earlier one's trouble. */
const TELLING: ReadonlySet<Op> = new Set(["create", "start", "render", "connect"]);

/** null: nothing speaks against the wanted generation so far. One chance is all it gets. */
export function rolloutFailure(
  entry: DesiredApp,
  good: DesiredApp,
  { slots }: Matching,
  { memory, now, waitsFor }: Pick<AppView, "memory" | "now" | "waitsFor">,
): RolloutFailure | null {
  const before = hashesOf(good.containers);
  const changed = slots.filter(({ desired }) => before[desired.name] !== desired.hash);
  // What did not change may need a while to find its new neighbours, or may have failed before and be what they mend.
  const isOver = memory.oldFailsSince !== null && now - memory.oldFailsSince >= PATIENCE;
  const judged = isOver ? slots : changed;
  const reason =
    fetchFailure(changed, memory) ??
    stepFailure(changed, memory) ??
    // Without what it requires no version does its work: how it stands then says nothing of this one.
    (waitsFor === null ? judged : []).map((slot) => slotFailure(slot, memory)).find((text) => text !== null);
  if (reason === undefined || reason === null) return null;
  const suspects = judged.flatMap(({ desired, match }) =>
    match && match.startedAt > 0
      ? [
          {
            container: desired.name,
            name: match.name,
            id: match.id,
            exitCode: isUp(match) ? null : match.summary.exitCode,
          },
        ]
      : [],
  );
  return { reason, failed: { version: entry.version, containers: trialOf(entry.containers), suspects } };
}

function fetchFailure(changed: readonly Slot[], { fetches }: AppMemory): string | null {
  for (const { desired, match } of changed) {
    const trouble = match ? undefined : fetches.get(desired.spec.image);
    if (trouble?.permanent) return trouble.error;
  }
  return null;
}

function stepFailure(changed: readonly Slot[], { failedStep }: AppMemory): string | null {
  if (!failedStep || !TELLING.has(failedStep.op)) return null;
  const { op, container, name } = failedStep;
  // An earlier container of that name may have failed too, while it was kept running: that tells nothing of the new one.
  const slot = changed.find(
    ({ desired, match }) => desired.name === container && (op === "create" || match?.name === name),
  );
  return slot ? `${nameOf(slot)} could not be ${PAST[failedStep.op] ?? "made"}: ${failedStep.error}` : null;
}

const PAST: Readonly<Partial<Record<Op, string>>> = {
  create: "created",
  start: "started",
  render: "given its files",
  connect: "connected",
};

function slotFailure(slot: Slot, { stopped }: AppMemory): string | null {
  const { standing, match } = slot;
  switch (standing.state) {
    case "exited": {
      if (match && (stopped.has(match.name) || hasMadeWay(slot))) return null;
      const how = standing.oom ? "ran out of memory" : `exited with code ${standing.exitCode}`;
      return `${nameOf(slot)} ${how}${lastWords(match)}`;
    }
    case "failing":
      return `${nameOf(slot)} failed its ${standing.probe} probe: ${standing.detail}`;
    case "unready":
      return `${nameOf(slot)} did not become ready: ${standing.detail}`;
    case "dead":
      return `the process of ${nameOf(slot)} is gone`;
    case "missing":
    case "created":
    case "starting":
    case "loading":
    case "ready":
    case "done":
    case "paused":
    case "stuck":
      return null;
  }
}

/** Another one took its place since: its end is none of this attempt. */
function hasMadeWay({ match, others }: Slot): boolean {
  const endedAt = match?.detail.exitedAt ?? 0;
  return endedAt > 0 && others.some(({ startedAt }) => startedAt >= endedAt);
}

const nameOf = ({ match, desired }: Slot): string => match?.name ?? desired.name;

const lastWords = (found: OwnContainer | null): string => (found?.lastLine ? `: ${found.lastLine}` : "");

/**
 * Whether the earlier generation may come back. With `until-start` not once a container of a later one has run, whether it
 * is the wanted one or was wanted on the way there: it may have changed the data. With `never` not once the earlier
 * generation was stopped for a later one either.
 */
export function mayGoBack(
  { rollback, containers }: DesiredApp,
  good: DesiredApp,
  own: readonly OwnContainer[],
): boolean {
  const later = laterThan(good, own);
  switch (rollback) {
    case "safe":
      return true;
    case "until-start":
      return later.every(({ startedAt }) => startedAt === 0);
    case "never": {
      // What ended before anything was made for its place has ended by itself.
      if (later.length === 0) return true;
      if (later.some(({ startedAt }) => startedAt > 0)) return false;
      const wanted = hashesOf(containers);
      const displaced = good.containers.filter(({ name, hash, oneShot }) => !oneShot && wanted[name] !== hash);
      const hashes = hashesOf(displaced);
      return own.every((found) => hashes[found.container] !== found.hash || isUp(found) || found.startedAt === 0);
    }
  }
}

/** Made by us after the good ones, and none of them. */
export function laterThan(good: DesiredApp, own: readonly OwnContainer[]): readonly OwnContainer[] {
  const before = hashesOf(good.containers);
  const genuine = own.filter(isGenuine);
  const isGood = ({ container, hash }: OwnContainer): boolean => before[container] === hash;
  const newest = Math.max(0, ...genuine.filter(isGood).map(({ generation }) => generation));
  return genuine.filter((found) => !isGood(found) && found.generation > newest);
}
