import { ArcError } from "../core/errors/arc-error.ts";
import { EMPTY_MEMORY, type AppMemory } from "../core/memory/memory.ts";
import type { DesiredApp, DesiredNode } from "../core/desired/desired.ts";
import { appId, type AppId } from "../core/ids.ts";
import type { ContainerDetail, ContainerSummary, EngineState, ObservedNetwork } from "../core/observed/observed.ts";
import { identify, identifyAdopted, type OwnContainer } from "../core/observed/own-container.ts";
import type { UnclearContainer } from "../core/observed/unclear-container.ts";
import type { Stray } from "../core/observed/stray.ts";
import { matchContainers } from "../core/plan/match.ts";
import type { World } from "../core/plan/plan-node.ts";
import { willJoin } from "../core/plan/plan-networks.ts";
import { isAboutToStart } from "../core/plan/standing.ts";
import { appNetwork } from "../core/resolve/resolve-container.ts";
import { LABEL } from "../core/spec/labels.ts";
import type { Collaborators } from "./collaborators.ts";
import { rolloutOf } from "../core/rollout/rollout.ts";
import type { RecordBook } from "./record-book.ts";
import { LastWords } from "./last-words.ts";
import { Endings } from "./endings.ts";
import { meansEngineAway } from "./engine-away.ts";

type Sources = Pick<
  Collaborators,
  "engine" | "processes" | "portTable" | "rendered" | "clock" | "secrets" | "nodeId" | "diskSpace" | "storeRoot"
> & { readonly book: RecordBook };

/** 128 and the signal's number. */
const SIGKILLED = 137;

/** It ran and ended by itself, not as a program does that is done. */
const hasFailed = ({ state, startedAt, exitCode }: ContainerDetail): boolean =>
  (state === "exited" || state === "stopped") && startedAt > 0 && exitCode !== 0;

const isUp = (state: EngineState): boolean => state === "running" || state === "stopping" || state === "paused";

/** It does not run, and will be removed or is to stay so: a start of it may have broken off all the same. */
const isLeft =
  ({ apps }: DesiredNode) =>
  ({ app, summary }: OwnContainer): boolean =>
    summary.state === "created" || (!isUp(summary.state) && !apps.some(({ id }) => id === app));

type Adopted = DesiredNode["adopted"] extends ReadonlyMap<string, infer Value> ? Value : never;

interface Inspected {
  readonly fingerprint: string;
  readonly detail: ContainerDetail;
  /** Kept too: reading it checks a hash over the whole spec. */
  readonly identity: ReturnType<typeof identify>;
}

/** Looks at the engine: one list, and an inspect only where something moved. */
export class Observer {
  readonly #from: Sources;
  readonly #inspected = new Map<string, Inspected>();
  #listed: readonly ContainerSummary[] = [];
  #networks: readonly ObservedNetwork[] | null = null;
  #networksWanted: ReadonlySet<string> = new Set();
  readonly #endings: Endings;
  readonly #words: LastWords;
  readonly #imageBytes = new Map<string, number>();
  /** ms after which another look can tell more; null: the last one was clear. */
  settle: number | null = null;

  constructor(from: Sources) {
    this.#from = from;
    this.#endings = new Endings(from);
    this.#words = new LastWords(from);
  }

  /**
   * `ended`: these have just ended, and they alone are asked about; all others are taken for what they were at the look
   * before, and what costs requests or reads for its own sake is left to the next look. Where one of them is unknown or
   * gone, it is a look as any other.
   */
  async look(
    desired: DesiredNode,
    memory: ReadonlyMap<AppId, AppMemory>,
    busy: ReadonlySet<AppId>,
    signal: AbortSignal,
    ended: ReadonlySet<string> = new Set(),
  ): Promise<World> {
    const { engine, clock, nodeId } = this.#from;
    const fresh = await this.#endOf(ended, signal);
    const containers = fresh ? this.#listed.map((row) => fresh.get(row.id) ?? row) : await engine.list(signal);
    this.#listed = containers;
    const { adopted } = desired;
    const mine = containers.filter(({ id, labels }) => labels[LABEL.owner] === nodeId || adopted.has(id));
    const ids = new Set<string>(mine.map(({ id }) => id));
    for (const id of this.#inspected.keys()) if (!ids.has(id)) this.#inspected.delete(id);
    const found = (
      await Promise.all(mine.map((summary) => this.#ownOrUnclear(summary, adopted.get(summary.id), fresh, signal)))
    ).filter((each) => each !== null);
    this.settle = this.#endings.settle(ids);
    this.#words.retain(ids);
    const own = found.filter((each): each is OwnContainer => "summary" in each);
    const needs = this.#needs(desired, own, memory);
    const wanted = wantedNetworks(desired);
    const lookAround = (needs.joining && !fresh) || this.#networksAreDue(wanted);
    if (lookAround) {
      this.#networks = await engine.networks(signal);
      this.#networksWanted = wanted;
    }
    const images = await this.#presentImages(needs.images, signal);
    return {
      now: clock.now(),
      nodeId,
      containers,
      own,
      unclear: found.filter((each): each is UnclearContainer => "reason" in each),
      images,
      imageBytes: images.size < needs.images.size ? await this.#sizes(own, signal) : new Map(),
      networks: lookAround ? this.#networks : null,
      listening: needs.binding ? await this.#from.portTable.listening() : null,
      disks: await this.#from.diskSpace.read(),
      fetched: await this.#from.book.fetched(),
      strays: !fresh && (needs.starting || own.some(isLeft(desired))) ? this.#strays(containers, busy) : [],
      busy,
    };
  }

  /** What the engine tells of these, where all of them were there at the look before; null: it takes a list. */
  async #endOf(ended: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlyMap<string, ContainerDetail> | null> {
    const known = this.#listed.filter(({ id }) => ended.has(id));
    if (ended.size === 0 || known.length < ended.size) return null;
    try {
      const details = await Promise.all(known.map(({ id }) => this.#from.engine.inspect(id, signal)));
      return new Map(details.map((detail) => [detail.id, detail]));
    } catch (error) {
      if (error instanceof ArcError && error.code === "ARC_ENGINE_NOT_FOUND") return null;
      throw error;
    }
  }

  /**
   * Of containers that the engine does not know, and of ours that it says do not run: the monitor of one that has just
   * exited watches nothing any more. Those of an app whose steps are being done may be just starting.
   */
  #strays(containers: readonly ContainerSummary[], busy: ReadonlySet<AppId>): readonly Stray[] {
    const known = new Set<string>(containers.map(({ id }) => id));
    const told = containers.filter(
      ({ state, labels }) =>
        isUp(state) || labels[LABEL.owner] !== this.#from.nodeId || busy.has(appId(labels[LABEL.app] ?? "")),
    );
    return this.#from.processes
      .strays(new Set(told.map(({ id }) => id)), this.#from.storeRoot() ?? undefined)
      .filter(({ containerId, pids }) => pids.length > 1 || !known.has(containerId));
  }

  /** One container that nobody can tell more of is its app's trouble, and keeps no other from being looked at. */
  async #ownOrUnclear(
    summary: ContainerSummary,
    adopted: Adopted | undefined,
    fresh: ReadonlyMap<string, ContainerDetail> | null,
    signal: AbortSignal,
  ): Promise<OwnContainer | UnclearContainer | null> {
    try {
      return await this.#own(summary, adopted, fresh, signal);
    } catch (thrown) {
      const app = adopted?.app ?? summary.labels[LABEL.app];
      if (signal.aborted || meansEngineAway(thrown) || app === undefined) throw thrown;
      const { code, message: reason } = ArcError.from(thrown);
      const container = summary.labels[LABEL.container] ?? null;
      const lost = code.startsWith("ARC_ENGINE_") && !isUp(summary.state);
      return { app, container, id: summary.id, name: summary.name, reason, lost };
    }
  }

  /** Null where it went away between list and inspect, or where its labels say nothing. */
  async #own(
    summary: ContainerSummary,
    adopted: Adopted | undefined,
    fresh: ReadonlyMap<string, ContainerDetail> | null,
    signal: AbortSignal,
  ): Promise<OwnContainer | null> {
    const { engine, rendered } = this.#from;
    const fingerprint = [summary.name, summary.state, summary.pid, summary.startedAt, summary.networks.join()].join(
      "|",
    );
    let known = this.#inspected.get(summary.id);
    if (known?.fingerprint !== fingerprint) {
      try {
        const detail = this.#withOom(fresh?.get(summary.id) ?? (await engine.inspect(summary.id, signal)));
        const identity = adopted ? identifyAdopted(adopted) : identify(detail);
        known = { fingerprint, detail, identity };
      } catch (error) {
        if (error instanceof ArcError && error.code === "ARC_ENGINE_NOT_FOUND") return null;
        throw error;
      }
      this.#inspected.set(summary.id, known);
    }
    const { detail, identity } = known;
    if (!identity) return null;
    const files = identity.applied?.spec.files ?? [];
    const live = files.some(({ onChange }) => onChange !== "restart");
    const [disk, record] = await Promise.all([
      files.length === 0
        ? new Map()
        : rendered.observe(
            identity.app,
            summary.name,
            files.map(({ target }) => target),
          ),
      live ? rendered.readRecord(identity.app, summary.name) : null,
    ]);
    const run = `${summary.pid}@${detail.startedAt}`;
    const alive = isUp(summary.state) && this.#endings.alive(summary);
    return {
      ...identity,
      id: summary.id,
      name: summary.name,
      startedAt: detail.startedAt,
      run,
      summary,
      detail,
      alive,
      ending: alive && this.#endings.isEnding(summary.id),
      files: disk,
      lastLine: hasFailed(detail) && !fresh ? this.#words.of(summary.id, run, signal) : "",
      record,
    };
  }

  /** On cgroup v1 the engine never tells of it (Podman 4.3.1). */
  #withOom(detail: ContainerDetail): ContainerDetail {
    if (detail.oomKilled || !hasFailed(detail) || detail.exitCode !== SIGKILLED) return detail;
    return { ...detail, oomKilled: this.#from.processes.oomKill(detail.id, detail.startedAt) !== null };
  }

  #needs(desired: DesiredNode, own: readonly OwnContainer[], memory: ReadonlyMap<AppId, AppMemory>) {
    const byApp = Map.groupBy(own, ({ app }) => app);
    const images = new Set<string>();
    let starting = false;
    let binding = false;
    let joining = false;
    for (const app of desired.apps) {
      if (app.kind !== "resolved" || app.state === "stopped") continue;
      const mine = byApp.get(app.id) ?? [];
      for (const entry of entriesOf(app, mine)) {
        for (const slot of matchContainers(entry.containers, mine, memory.get(app.id) ?? EMPTY_MEMORY).slots) {
          if (!slot.match) images.add(slot.desired.spec.image);
          starting ||= isAboutToStart(slot.standing);
          // What listens on the port of one that ran before may be its own: it says nothing.
          binding ||= isAboutToStart(slot.standing) && (slot.match?.startedAt ?? 0) === 0;
          joining ||= willJoin(slot);
        }
      }
    }
    return { images, starting, binding, joining };
  }

  /** An image is what it is: each is asked about once. What can't be told is left out. */
  async #sizes(own: readonly OwnContainer[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    for (const { imageId } of own.map(({ summary }) => summary)) {
      if (imageId === "" || this.#imageBytes.has(imageId)) continue;
      const image = await this.#from.engine.image(imageId, signal).catch(() => null);
      if (image) this.#imageBytes.set(imageId, image.size);
    }
    return this.#imageBytes;
  }

  /** At boot, when other ones are wanted than before, and as long as one of ours is there that is not wanted. */
  #networksAreDue(wanted: ReadonlySet<string>): boolean {
    if (this.#networks === null || wanted.symmetricDifference(this.#networksWanted).size > 0) return true;
    return this.#networks.some(({ name, labels }) => labels[LABEL.owner] === this.#from.nodeId && !wanted.has(name));
  }

  /** A name that the engine can't make anything of is not here: the pull that follows says why to the app that wants it. */
  async #presentImages(references: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const present = await Promise.all(
      [...references].map(async (reference) => {
        try {
          return (await this.#from.engine.imageExists(reference, signal)) ? [reference] : [];
        } catch (thrown) {
          if (signal.aborted || meansEngineAway(thrown)) throw thrown;
          return [];
        }
      }),
    );
    return new Set(present.flat());
  }
}

/** What its plan is made for: while one generation makes way for another, both. */
function entriesOf(app: DesiredApp, own: readonly OwnContainer[]): readonly DesiredApp[] {
  const rollout = rolloutOf(app, own);
  switch (rollout.kind) {
    case "settled":
      return [app];
    case "rolled-back":
      return [rollout.good];
    case "under-way":
      return [app, rollout.good];
  }
}

/** An app that can't be resolved now goes on wanting its own. */
function wantedNetworks({ apps }: DesiredNode): ReadonlySet<string> {
  return new Set(
    apps.flatMap((app) => [
      appNetwork(app.id),
      ...(app.kind === "resolved" ? app.networks.map(({ name }) => name) : []),
    ]),
  );
}
