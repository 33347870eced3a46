import type { DesiredApp } from "../desired/desired.ts";
import { fileDrift } from "../diff/file-drift.ts";
import type { AppMemory } from "../memory/memory.ts";
import type { Stray } from "../observed/stray.ts";
import type { ObservedNetwork } from "../observed/observed.ts";
import { containerName, type OwnContainer } from "../observed/own-container.ts";
import { endStray, isUp, removeSteps, stopStep } from "./end-container.ts";
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
}

/** ms. Podman's own service lets go of a port with its next garbage collection, within two minutes. */
const PORT_RETRY = 5_000;

export interface AppPlan {
  readonly list: StepList;
  readonly matching: Matching;
}

/** (desired, observed, memory) -> steps of one app, in order, each with its reason. Pure; said at every look anew. */
export function planApp(desired: DesiredApp, view: AppView): AppPlan {
  const list = new StepList(desired.id);
  const { memory } = view;
  const found = matchContainers(desired.containers, view.own, memory);
  const matching = { ...found, nextGeneration: freeGeneration(desired, found, view.isTaken) };
  const unended = removeStrangers(list, desired, matching, memory);
  endStrays(list, matching, view);
  if (desired.state === "stopped" || view.stopFor !== null) {
    const reason = view.stopFor ?? "the owner wants it stopped";
    for (const own of reverseOrder(matching)) if (isUp(own)) stopStep(list, own, memory, reason);
    if (view.stopFor !== null) list.hold(view.stopFor);
    return { list, matching };
  }
  const problem = matching.slots.map(view.portProblem).find((text) => text !== null);
  if (problem !== undefined) {
    // Whoever holds it may let go: nothing else would tell.
    list.hold(problem, view.now + PORT_RETRY);
    return { list, matching };
  }
  prepare(list, desired, matching, view);
  for (const slot of matching.slots) putRightLive(list, slot);
  for (const container of stopOthers(list, matching, view)) unended.add(container);
  planStart(list, desired, matching, view, unended);
  commit(list, desired, matching, memory);
  return { list, matching };
}

/** They hold the port and write to the data of the container that is about to be made. */
function endStrays(list: StepList, { slots }: Matching, { strays }: AppView): void {
  for (const { desired } of slots) {
    for (const stray of strays.get(desired.name) ?? []) {
      endStray(list, desired.name, stray, desired.spec.stop);
    }
  }
}

/** The next generation under which every container of the app can have its name. */
function freeGeneration(desired: DesiredApp, { nextGeneration }: Matching, isTaken: AppView["isTaken"]): number {
  let generation = nextGeneration;
  while (desired.containers.some(({ name }) => isTaken(containerName(desired.id, name, generation)))) generation += 1;
  return generation;
}

/** Copies, renamed ones, and containers that the app no longer has. Gives back of which containers one still runs. */
function removeStrangers(
  list: StepList,
  desired: DesiredApp,
  { impostors, leftovers }: Matching,
  memory: AppMemory,
): Set<string> {
  const unended = new Set<string>();
  for (const found of impostors) {
    const diff = impostorDiff(
      found,
      desired.containers.find(({ name }) => name === found.container),
    );
    const reason = `${found.name} carries our labels, but is not as we made it: ${describeDiff(diff)}`;
    if (!removeSteps(list, found, memory, reason, diff) && found.alive) unended.add(found.container);
  }
  for (const found of leftovers) {
    removeSteps(list, found, memory, `${desired.id} no longer has a container ${found.container}`);
  }
  return unended;
}

/** Networks, images and new containers, all before anything that runs is touched. */
function prepare(list: StepList, desired: DesiredApp, matching: Matching, view: AppView): void {
  networkSteps(list, desired, matching, view.networks);
  const missing = matching.slots.filter(({ match }) => !match);
  const fetched = new Set<string>();
  for (const { desired: container } of missing) {
    const { image, build } = container.spec;
    if (view.images.has(image) || fetched.has(image)) continue;
    fetched.add(image);
    list.add(container.name, { op: build ? "build" : "pull", image }, `${image} is not on this machine`);
  }
  for (const slot of missing) {
    const name = containerName(desired.id, slot.desired.name, matching.nextGeneration);
    const diff = creationDiff(slot, desired.accepted, name);
    const reason = slot.others.length > 0 ? describeDiff(diff) : `${name} is missing`;
    list.add(slot.desired.name, { op: "create", name, generation: matching.nextGeneration }, reason, { diff });
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
function stopOthers(list: StepList, matching: Matching, view: AppView): ReadonlySet<string> {
  const unended = new Set<string>();
  for (const slot of matching.slots.toReversed()) {
    for (const other of slot.others) {
      if (!isUp(other)) continue;
      const name = slot.match?.name ?? containerName(other.app, other.container, matching.nextGeneration);
      const ended = stopStep(list, other, view.memory, `${name} takes its place`, { waits: view.waitsFor });
      if (!ended && other.alive) unended.add(other.container);
    }
  }
  return unended;
}

/** A generation that does its work is committed: earlier ones go, the folder becomes the accepted copy. */
function commit(list: StepList, desired: DesiredApp, { slots }: Matching, memory: AppMemory): void {
  if (list.steps.length > 0 || !slots.every(({ match, standing }) => match && isGood(standing))) return;
  for (const { match, others } of slots.toReversed()) {
    for (const other of others)
      removeSteps(list, other, memory, `${match?.name ?? "its successor"} has taken its place`);
  }
  if (desired.acceptDue) list.add(null, { op: "accept" }, `${desired.id} ${desired.version} does its work`);
}

function reverseOrder({ slots }: Matching): readonly OwnContainer[] {
  return slots.toReversed().flatMap(({ match, others }) => (match ? [match, ...others] : others));
}
