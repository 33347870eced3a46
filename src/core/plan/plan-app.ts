import type { DesiredApp } from "../desired/desired.ts";
import { fileDrift } from "../diff/file-drift.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { Stray } from "../observed/stray.ts";
import type { ObservedNetwork } from "../observed/observed.ts";
import { containerName, type OwnContainer } from "../observed/own-container.ts";
import { endStray, isUp, removeSteps, stopStep } from "./end-container.ts";
import { fetchSteps } from "./plan-fetch.ts";
import { hashesOf, isSameSet } from "../rollout/rollout.ts";
import { creationDiff, impostorDiff, matchContainers, type Matching, type Slot } from "./match.ts";
import { networkSteps } from "./plan-networks.ts";
import { planStart } from "./plan-start.ts";
import { describeDiff, StepList } from "./step.ts";
import { isGood } from "./standing.ts";

/** All that one app's plan is made from, beside what is desired. Values only. */
export interface AppView {
  readonly own: readonly OwnContainer[];
  readonly memory: AppMemory;
  /** ms since the epoch. */
  readonly now: number;
  /** A required app that is not there yet, as a sentence: nothing of this app starts before. */
  readonly waitsFor: string | null;
  /** A required app was lost, and the manifest says to stop meanwhile. */
  readonly stopFor: string | null;
  /** A required app was started after this one, and the manifest says to restart: that moment, and a sentence. */
  readonly restartFor: { readonly after: number; readonly reason: string } | null;
  /** Whether a container that is not this app's has that name, so that it can't be given. */
  readonly isTaken: (name: string) => boolean;
  /** Images known to be on this machine. */
  readonly images: ReadonlySet<string>;
  /** null: not looked at, since nothing is about to start. */
  readonly networks: ReadonlyMap<string, ObservedNetwork> | null;
  /** Processes of containers of this app that the engine no longer knows, by the container's name in the manifest. */
  readonly strays: ReadonlyMap<string, readonly Stray[]>;
  /** Why a host port of that container can't be had; null: it can. */
  readonly portProblem: (slot: Slot) => string | null;
  /** Why there is no room for so many bytes of images; null: there is, or it can't be told. */
  readonly shortage: (bytes: number) => string | null;
  /** Bytes of the images of what is here, by image id: the next one is likely to be as large. */
  readonly imageBytes: ReadonlyMap<string, number>;
  readonly guard: Guard;
}

/** What protects an earlier generation while it makes way. */
export interface Guard {
  /** Spec hashes of earlier containers that may have to come back; null: every earlier one may. */
  readonly keep: ReadonlySet<string> | null;
  /** ms for which the new generation has to do its work before it is kept; 0: there is nothing to go back to. */
  readonly window: number;
  /** False: what runs is only kept running, for something else is about to take its place. */
  readonly commits: boolean;
}

export const NO_GUARD: Guard = { keep: null, window: 0, commits: true };

/** ms. Podman's own service lets go of a port with its next garbage collection, within two minutes. */
const PORT_RETRY = 5_000;

export interface AppPlan {
  readonly list: StepList;
  readonly matching: Matching;
  /** What has to be fetched before anything of it is made, as a sentence; null: all is here. */
  readonly fetching: string | null;
  /** Why none of it can be begun: a port that it needs is not to be had; null: it can. */
  readonly blocked: string | null;
  /** It does its work, and has to go on for a while. */
  readonly proving: boolean;
}

/** (desired, observed, memory) -> steps of one app, in order, each with its reason. Pure; said at every look anew. */
export function planApp(desired: DesiredApp, view: AppView): AppPlan {
  const list = new StepList(desired.id);
  const { memory } = view;
  const found = matchContainers(desired.containers, view.own, memory);
  const matching = { ...found, nextGeneration: freeGeneration(desired, found, view.isTaken) };
  const unended = removeImpostors(list, desired, matching, memory);
  endStrays(list, matching, view);
  if (desired.state === "stopped" || view.stopFor !== null) {
    const reason = view.stopFor ?? "the owner wants it stopped";
    for (const own of reverseOrder(matching)) if (isUp(own)) stopStep(list, own, memory, reason);
    if (view.stopFor !== null) list.hold("wait", view.stopFor);
    return { list, matching, fetching: null, blocked: null, proving: false };
  }
  const problem = matching.slots.map(view.portProblem).find((text) => text !== null);
  if (problem !== undefined) {
    // Whoever holds it may let go: nothing else would tell.
    list.hold("wait", problem, view.now + PORT_RETRY);
    return { list, matching, fetching: null, blocked: problem, proving: false };
  }
  removeSuperseded(list, matching, view);
  networkSteps(list, desired, matching, view.networks);
  const fetching = fetchSteps(list, desired, matching, view);
  createSteps(list, desired, matching, fetching);
  for (const slot of matching.slots) putRightLive(list, slot);
  const waits = fetching ?? view.waitsFor;
  for (const container of stopOthers(list, matching, view, waits)) unended.add(container);
  planStart(list, desired, matching, { ...view, fetching }, unended);
  const proving = fetching === null && commit(list, desired, matching, view);
  return { list, matching, fetching, blocked: null, proving };
}

/** They hold the port and write to the data of the container that is about to be made. */
function endStrays(list: StepList, { slots }: Matching, { strays }: AppView): void {
  for (const { desired } of slots) {
    for (const stray of strays.get(desired.name) ?? []) {
      endStray(list, desired.name, stray, desired.spec.stop);
    }
  }
}

/**
 * The generation of what is made now, under which every container of the app can have its name: the next one, or that of
 * a rollout which broke off when a part of it was made.
 */
function freeGeneration(desired: DesiredApp, matching: Matching, isTaken: AppView["isTaken"]): number {
  const { slots, nextGeneration } = matching;
  const committed = desired.record.committed?.containers ?? {};
  const begun = slots.flatMap(({ desired: { name }, match }) =>
    match && committed[name] !== match.hash ? [match.generation] : [],
  );
  const newest = Math.max(0, ...begun);
  const joins =
    newest > 0 &&
    newest === nextGeneration - 1 &&
    slots.every(({ match, others }) => match || others.every(({ generation }) => generation < newest));
  let generation = joins ? newest : nextGeneration;
  while (desired.containers.some(({ name }) => isTaken(containerName(desired.id, name, generation)))) generation += 1;
  return generation;
}

/** Copies and renamed ones. Gives back of which containers one still runs. */
function removeImpostors(list: StepList, desired: DesiredApp, { impostors }: Matching, memory: AppMemory): Set<string> {
  const unended = new Set<string>();
  for (const found of impostors) {
    const diff = impostorDiff(
      found,
      desired.containers.find(({ name }) => name === found.container),
    );
    const reason = `${found.name} carries our labels, but is not as we made it: ${describeDiff(diff)}`;
    if (!removeSteps(list, found, memory, reason, diff) && found.alive) unended.add(found.container);
  }
  return unended;
}

/** Earlier generations that never did their work and that nobody would go back to: many edits would pile up many. */
function removeSuperseded(list: StepList, matching: Matching, { guard: { keep }, memory }: AppView): void {
  if (keep === null) return;
  for (const found of earlierOf(matching)) {
    if (!keep.has(found.hash) && !isUp(found))
      removeSteps(list, found, memory, `${found.name} was superseded before it did its work`);
  }
}

/** New containers, before anything that runs is touched. */
function createSteps(list: StepList, desired: DesiredApp, matching: Matching, waits: string | null): void {
  for (const slot of matching.slots) {
    if (slot.match) continue;
    const name = containerName(desired.id, slot.desired.name, matching.nextGeneration);
    const diff = creationDiff(slot, desired, name);
    const reason = slot.others.length > 0 ? describeDiff(diff) : `${name} is missing`;
    list.add(slot.desired.name, { op: "create", name, generation: matching.nextGeneration }, reason, { diff, waits });
  }
}

/** What can be put right under a running container. */
function putRightLive(list: StepList, { desired, match, standing }: Slot): void {
  if (!match) return;
  const { name } = match;
  if (standing.state === "paused") {
    list.add(desired.name, { op: "unpause", name }, `${name} is paused`, {
      diff: [{ path: "state", desired: "running", observed: "paused", origin: "outside", impact: "live" }],
    });
  }
  if (match.alive && desired.spec.network.mode === "bridge") {
    const wanted = desired.spec.network.networks;
    for (const attachment of wanted.filter((network) => !match.summary.networks.includes(network.name))) {
      list.add(desired.name, { op: "connect", name, attachment }, `${name} has left the network ${attachment.name}`, {
        diff: [
          { path: `networks.${attachment.name}`, desired: "joined", observed: null, origin: "outside", impact: "live" },
        ],
      });
    }
    for (const network of match.summary.networks.filter((joined) => !wanted.some((want) => want.name === joined))) {
      list.add(
        desired.name,
        { op: "disconnect", name, network },
        `${name} has joined the network ${network}, which it does not declare`,
        {
          diff: [{ path: `networks.${network}`, desired: null, observed: "joined", origin: "outside", impact: "live" }],
        },
      );
    }
  }
  if (match.alive) {
    for (const [signal, diff] of fileDrift(desired, match).reload) {
      list.add(desired.name, { op: "reload", name, signal }, describeDiff(diff), { diff });
    }
  }
}

/**
 * Stop-first always: two programs on one data directory are worse than a minute's downtime. Gives back of which
 * containers an earlier generation may still run when these steps are done.
 */
function stopOthers(list: StepList, matching: Matching, view: AppView, waits: string | null): ReadonlySet<string> {
  const unended = new Set<string>();
  for (const found of matching.leftovers)
    if (isUp(found)) stopStep(list, found, view.memory, noLongerThere(found), { waits });
  for (const slot of matching.slots.toReversed()) {
    for (const other of slot.others) {
      if (!isUp(other)) continue;
      const name = slot.match?.name ?? containerName(other.app, other.container, matching.nextGeneration);
      const ended = stopStep(list, other, view.memory, `${name} takes its place`, { waits });
      if (!ended && other.alive) unended.add(other.container);
    }
  }
  return unended;
}

const noLongerThere = ({ app, container }: OwnContainer): string => `${app} no longer has a container ${container}`;

/**
 * A generation that has done its work for long enough is committed: noted as good, its folder accepted, then earlier ones
 * removed. In this order: a crash in between leaves a committed generation and its predecessor, stopped. Gives back
 * whether it has still to prove itself.
 */
function commit(list: StepList, desired: DesiredApp, matching: Matching, view: AppView): boolean {
  const { slots, leftovers } = matching;
  const { guard, memory, now } = view;
  if (!guard.commits) return false;
  if (list.steps.length > 0 || !slots.every(({ match, standing }) => match && isGood(standing))) return false;
  const { committed } = desired.record;
  const isCommitted = committed !== null && isSameSet(committed.containers, hashesOf(desired.containers));
  if (!isCommitted && guard.window > 0) {
    // A clock that was turned back must not let it prove itself for ever.
    const since = memory.goodSince === null || memory.goodSince > now ? now : memory.goodSince;
    const until = since + guard.window;
    if (now < until) {
      const seconds = guard.window / 1_000;
      list.hold("window", `it does its work; it is kept when it has done so for ${seconds} s`, until);
      return true;
    }
  }
  if (!isCommitted || desired.acceptDue)
    list.add(
      null,
      { op: "accept", downtime: downtimeOf(matching, memory) },
      `${desired.id} ${desired.version} does its work`,
    );
  for (const found of leftovers) removeSteps(list, found, memory, noLongerThere(found));
  for (const { match, others } of slots.toReversed()) {
    for (const other of others)
      removeSteps(list, other, memory, `${match?.name ?? "its successor"} has taken its place`);
  }
  return false;
}

/** From the end of the first earlier container to the moment from which all new ones did their work. */
function downtimeOf(matching: Matching, { goodSince }: AppMemory): number | null {
  const ends = earlierOf(matching).flatMap(({ detail }) => (detail.exitedAt > 0 ? [detail.exitedAt] : []));
  if (goodSince === null || ends.length === 0) return null;
  return Math.max(0, Math.round(goodSince - Math.min(...ends)));
}

const earlierOf = ({ slots, leftovers }: Matching): readonly OwnContainer[] => [
  ...leftovers,
  ...slots.toReversed().flatMap(({ others }) => others),
];

function reverseOrder({ slots, leftovers }: Matching): readonly OwnContainer[] {
  return [...leftovers, ...slots.toReversed().flatMap(({ match, others }) => (match ? [match, ...others] : others))];
}
