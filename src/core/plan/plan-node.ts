import type { DesiredApp, DesiredEntry, DesiredNode } from "../desired/desired.ts";
import { formatProblem } from "../errors/problem.ts";
import { appId, planId, type AppId } from "../ids.ts";
import { containerAlias } from "../manifest/manifest.ts";
import { isPaused } from "../memory/backoff.ts";
import { EMPTY_MEMORY, type AppMemory } from "../memory/memory.ts";
import type { ContainerSummary, ObservedNetwork } from "../observed/observed.ts";
import type { Stray } from "../observed/stray.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import type { UnclearContainer } from "../observed/unclear-container.ts";
import { LABEL } from "../spec/labels.ts";
import { sha256 } from "../spec/digest.ts";
import { conditionsOf, type Conditions, type ProviderView } from "./conditions.ts";
import { endStray, removeLost, removeSteps, stopOf } from "./end-container.ts";
import { effectiveEntries } from "../rollout/rollout.ts";
import type { RolloutStatus } from "../status/status.ts";
import { diskShortage, type Disk } from "./disk.ts";
import { matchContainers, type Slot } from "./match.ts";
import { planImages } from "./plan-images.ts";
import { planRollout } from "./plan-rollout.ts";
import type { Hold, Plan, Step } from "./plan.ts";
import { planUnresolved } from "./plan-unresolved.ts";
import { portFacts, portProblem } from "./ports.ts";
import { NO_APP, StepList } from "./step.ts";

/** One look at the engine and the host. */
export interface World {
  /** ms since the epoch. */
  readonly now: number;
  /** Who owns what is ours: the owner label's value. */
  readonly nodeId: string;
  /** Every container, foreign ones too. */
  readonly containers: readonly ContainerSummary[];
  readonly own: readonly OwnContainer[];
  /** Ours too; nothing is done about an app that has one, for it could run beside what would be made. */
  readonly unclear: readonly UnclearContainer[];
  /** Images known to be here, among those that may be needed. */
  readonly images: ReadonlySet<string>;
  /** null: not looked at, since nothing is about to be made or started. */
  readonly networks: readonly ObservedNetwork[] | null;
  readonly listening: ReadonlySet<string> | null;
  /** Free space, where it could be told. */
  readonly disks: readonly Disk[];
  /** Bytes of the images of our containers, by image id; asked for where others are to be fetched. */
  readonly imageBytes: ReadonlyMap<string, number>;
  /** Images that we fetched: nobody else's are ever removed. */
  readonly fetched: ReadonlySet<string>;
  /** Looked for only where a container is about to be made, started or removed. */
  readonly strays: readonly Stray[];
  /** Apps whose steps are being done at this moment. */
  readonly busy: ReadonlySet<AppId>;
}

/** What the plan was made of, app by app: status and explain read the same. */
export interface AppOutlook {
  /** What the steps are made for: the app as it is wanted, or its last good generation while that one has to run. */
  readonly entry: DesiredEntry;
  /** As it is wanted. */
  readonly wanted: DesiredEntry;
  readonly rollout: RolloutStatus | null;
  readonly slots: readonly Slot[];
  readonly own: readonly OwnContainer[];
  readonly conditions: Conditions;
  readonly steps: readonly Step[];
  readonly holds: readonly Hold[];
}

export interface Outlook {
  readonly plan: Plan;
  /** In start order; apps of ours that are no longer wanted are in the plan alone. */
  readonly apps: ReadonlyMap<AppId, AppOutlook>;
}

/** ms until a container that could not be told is asked about again. */
const UNCLEAR_RETRY = 5_000;

const NO_CONDITIONS: Conditions = { waitsFor: null, stopFor: null, restartFor: null, notices: [] };

/** (desired, observed, memory) -> Plan. Pure: the same values give the same bytes. */
export function planNode(desired: DesiredNode, world: World, memory: ReadonlyMap<AppId, AppMemory>): Outlook {
  const ownByApp = Map.groupBy(world.own, ({ app }) => app);
  const effective = effectiveEntries(desired.apps, ownByApp);
  const shortage = (bytes: number): string | null => diskShortage(world.disks, desired.marks.holdBelow, bytes);
  const names = new Set(world.containers.map(({ name }) => name));
  const owners = new Map(world.own.map(({ name, app }) => [name, app]));
  const ports = portFacts(effective, world.containers, owners, world.listening);
  const networks = world.networks && new Map(world.networks.map((network) => [network.name, network]));
  const unclear = new Map(world.unclear.map((found) => [found.app, found]));

  const providers = new Map<string, ProviderView>();
  for (const entry of effective) {
    const own = ownByApp.get(entry.id) ?? [];
    const slots =
      entry.kind === "resolved"
        ? matchContainers(entry.containers, own, memory.get(entry.id) ?? EMPTY_MEMORY).slots
        : [];
    providers.set(entry.id, { entry, slots });
  }

  const apps = new Map<AppId, AppOutlook>();
  const steps: Step[] = [];
  const holds: Hold[] = [];
  const take = (list: StepList): void => {
    const { lastError, backoff } = memory.get(list.app) ?? EMPTY_MEMORY;
    // Going back is no attempt: what is paused is what failed.
    const goesBack = list.steps[0]?.action.op === "quarantine";
    if (lastError !== null && !goesBack && isPaused(backoff, world.now)) {
      list.pause(`the last attempt failed: ${lastError}`, backoff.nextAt);
    }
    steps.push(...list.steps);
    holds.push(...list.holds);
  };
  for (const wanted of desired.apps) {
    let entry: DesiredEntry = wanted;
    let rollout: RolloutStatus | null = null;
    const own = ownByApp.get(entry.id) ?? [];
    const appMemory = memory.get(entry.id) ?? EMPTY_MEMORY;
    let list: StepList;
    let slots: readonly Slot[] = providers.get(entry.id)?.slots ?? [];
    let conditions = NO_CONDITIONS;
    const untold = unclear.get(entry.id);
    if (untold) {
      list = planUnclear(untold, appMemory, world.now);
    } else if (entry.kind === "resolved") {
      conditions = conditionsOf(entry, providers);
      const planned = planRollout(entry, {
        own,
        memory: appMemory,
        now: world.now,
        ...conditions,
        images: world.images,
        isTaken: (name) => names.has(name) && owners.get(name) !== entry.id,
        networks,
        strays: straysOf(entry, world.strays),
        portProblem: (slot) =>
          // What listens may be what its own steps are just starting.
          world.busy.has(wanted.id) ? null : portProblem(wanted.id, slot, (name) => owners.has(name), ports),
        shortage,
        imageBytes: world.imageBytes,
      });
      list = planned.list;
      slots = planned.matching.slots;
      entry = planned.effective;
      rollout = planned.rollout;
      // While one generation makes way for another, its consumers see the one that has to run at present.
      providers.set(entry.id, { entry, slots });
    } else {
      list =
        entry.kind === "unresolved"
          ? planUnresolved(entry, own, { memory: appMemory, now: world.now })
          : new StepList(entry.id);
      if (entry.kind === "invalid") for (const problem of entry.problems) list.hold("person", formatProblem(problem));
    }
    take(list);
    apps.set(entry.id, { entry, wanted, rollout, slots, own, conditions, steps: list.steps, holds: list.holds });
  }
  for (const found of world.unclear) {
    const app = appId(found.app);
    if (!apps.has(app)) take(planUnclear(found, memory.get(app) ?? EMPTY_MEMORY, world.now));
  }
  for (const list of planOrphans(desired, world, ownByApp, memory)) take(list);
  take(planImages(desired, world, [...apps.values()]));
  return { plan: { id: idOf(desired, world, steps, holds), steps, holds }, apps };
}

function planUnclear(found: UnclearContainer, memory: AppMemory, now: number): StepList {
  const { app, name, reason } = found;
  const list = new StepList(appId(app));
  if (found.lost) removeLost(list, found, memory);
  else list.hold("wait", `${name} is there, but it can't be told what it is: ${reason}`, now + UNCLEAR_RETRY);
  return list;
}

/** Known by the names that only we give. */
function straysOf(app: DesiredApp, strays: readonly Stray[]): ReadonlyMap<string, readonly Stray[]> {
  return new Map(
    app.containers.map(({ name }) => {
      const stem = `${containerAlias(app.id, name)}.g`;
      return [
        name,
        strays.filter((stray) => stray.name.startsWith(stem) && /^\d+$/.test(stray.name.slice(stem.length))),
      ];
    }),
  );
}

/** Ours, and no longer wanted: stopped and removed; data stays. Then the networks that nobody wants. */
function planOrphans(
  desired: DesiredNode,
  world: World,
  ownByApp: ReadonlyMap<string, readonly OwnContainer[]>,
  memory: ReadonlyMap<AppId, AppMemory>,
): readonly StepList[] {
  const wantedApps = new Set<string>(desired.apps.map(({ id }) => id));
  const unclear = new Set(world.unclear.map(({ app }) => app));
  const ownIds = new Set<string>(world.own.map(({ id }) => id));
  const lists = new Map<string, StepList>();
  const listOf = (app: string): StepList => {
    const list = lists.get(app) ?? new StepList(appId(app));
    lists.set(app, list);
    return list;
  };
  for (const [app, own] of [...ownByApp].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (wantedApps.has(app) || unclear.has(app)) continue;
    for (const found of own) {
      for (const stray of world.strays) {
        if (stray.containerId === found.id) endStray(listOf(app), found.container, stray, stopOf(found));
      }
      removeSteps(listOf(app), found, memory.get(appId(app)) ?? EMPTY_MEMORY, `${app} is no longer wanted`);
    }
  }
  const uncertain = desired.apps.some(({ kind }) => kind !== "resolved");
  const wantedNetworks = new Set(
    desired.apps
      .filter((app): app is DesiredApp => app.kind === "resolved")
      .flatMap(({ networks }) => networks.map(({ name }) => name)),
  );
  const staying = new Set(
    world.own.filter(({ app }) => wantedApps.has(app)).flatMap(({ summary }) => summary.networks),
  );
  for (const app of desired.forgotten) {
    if (!ownByApp.has(app) && !unclear.has(app)) listOf(app).add(null, { op: "forget" }, `${app} is no longer wanted`);
  }
  for (const network of world.networks ?? []) {
    const app = network.labels[LABEL.app];
    // An app that can't be resolved now may want it: only the networks of apps that are gone are sure.
    if (network.labels[LABEL.owner] !== world.nodeId || wantedNetworks.has(network.name) || staying.has(network.name))
      continue;
    if (app === undefined ? uncertain : wantedApps.has(app)) continue;
    if (
      world.containers.some(
        (found) =>
          found.networks.includes(network.name) &&
          !ownIds.has(found.id) &&
          !ownByApp.has(found.labels[LABEL.app] ?? ""),
      )
    )
      continue;
    listOf(app ?? NO_APP).add(
      null,
      { op: "remove-network", network: network.name },
      `no wanted app uses the network ${network.name}`,
    );
  }
  return [...lists.values()];
}

/**
 * What is wanted, what was found, and what would be done. Not the sentences: they tell how far a sync has come, and a plan
 * that somebody has read must not be refused for that.
 */
function idOf(desired: DesiredNode, world: World, steps: readonly Step[], holds: readonly Hold[]) {
  const wanted = desired.apps.map((entry) =>
    entry.kind === "resolved"
      ? [entry.id, entry.state, entry.containers.map(({ hash }) => hash)]
      : [entry.id, entry.kind],
  );
  const found = world.own.map(({ id, summary, run }) => [id, summary.state, run]).toSorted();
  const done = steps.map(({ app, container, action, diff, waits }) => [
    app,
    container,
    action,
    diff.map(({ path, desired: wants }) => [path, wants]),
    waits !== null,
  ]);
  return planId(sha256(JSON.stringify([wanted, found, done, holds.map(({ app }) => app)])).slice(0, 16));
}
