import { LABEL } from "../../src/core/spec/labels.ts";
import { formatPlan } from "../../src/core/plan/format-plan.ts";
import { viewPlan } from "../../src/core/plan/plan-view.ts";
import type { ContainerSummary } from "../../src/core/observed/observed.ts";
import type { AppStatus, NodeStatus } from "../../src/core/status/status.ts";
import type { HistoryEntry } from "../../src/ports/history-store.ts";
import { appFolder } from "../../src/testkit/app-folder.ts";
import { nodeText } from "../../src/testkit/builders.ts";
import type { EngineOp } from "../../src/testkit/engine/ops.ts";
import { FakeClock } from "../../src/testkit/fake-clock.ts";
import { MemoryAcceptedStore, MemoryFolderSource } from "../../src/testkit/memory-catalogue.ts";
import { MemoryDataDirs } from "../../src/testkit/memory-data-dirs.ts";
import { MemoryDiskSpace } from "../../src/testkit/memory-disk-space.ts";
import { MemoryFactSource } from "../../src/testkit/memory-fact-source.ts";
import { MemoryHistoryStore } from "../../src/testkit/memory-history-store.ts";
import { MemoryJobStore } from "../../src/testkit/memory-job-store.ts";
import { MemoryNodeFile } from "../../src/testkit/memory-node-file.ts";
import { MemoryRecordStore } from "../../src/testkit/memory-record-store.ts";
import { MemoryRenderedFiles } from "../../src/testkit/memory-rendered-files.ts";
import { MemorySecretStore } from "../../src/testkit/memory-secret-store.ts";
import { MemoryTrash } from "../../src/testkit/memory-trash.ts";
import { ScriptedProber } from "../../src/testkit/scripted-prober.ts";
import { SeededRandom } from "../../src/testkit/seeded-random.ts";
import { SimulatedEngine } from "../../src/testkit/simulated-engine.ts";
import { EffectPoints } from "./effect-points.ts";
import { MemoryLog } from "./memory-log.ts";
import { mortal, MortalClock } from "./mortal.ts";
import { SimulatedDaemon } from "./simulated-daemon.ts";
import { twinsOf } from "./twins.ts";

/** The image of `manifestText`; on every simulated node unless a test says otherwise. */
export const NGINX = "docker.io/library/nginx:1.28";

type Folder = string | Readonly<Record<string, string>>;

export interface SimulatedNodeOptions {
  /** App -> its folder's texts, or just its manifest. */
  readonly catalogue?: Readonly<Record<string, Folder>>;
  /** node.yml's apps; default: all of the catalogue, running. */
  readonly apps?: Readonly<Record<string, Record<string, unknown>>>;
  /** The rest of node.yml. */
  readonly node?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** ms that engine calls take; default: none. */
  readonly costs?: Partial<Record<EngineOp, number>>;
}

/** Engine calls and answers at one moment of virtual time that are too many. */
const RUNAWAY = 2_000;

/** Quiet for that long, in ms: longer than a debounce and than what probes do in quick succession. */
const QUIET = 2_000;

/**
 * A whole node in memory under virtual time: the real loop over simulated ports. A daemon can be killed at any call; the
 * next one finds what the first left on the disk and in the engine. Two living processes of one container are an error
 * at every moment of every test, and so is a loop that runs hot.
 *
 *     const node = new SimulatedNode({ catalogue: { web: manifestText() } });
 *     node.start();
 *     await node.settle();
 *     node.engine.killPayload("web.g1");
 *     await node.settle();
 */
export class SimulatedNode {
  readonly clock = new FakeClock();
  readonly dataDirs = new MemoryDataDirs();
  readonly rendered = new MemoryRenderedFiles();
  readonly accepted = new MemoryAcceptedStore();
  readonly records = new MemoryRecordStore();
  readonly diskSpace = new MemoryDiskSpace();
  readonly facts = new MemoryFactSource();
  readonly history = new MemoryHistoryStore();
  readonly jobs = new MemoryJobStore();
  readonly trash = new MemoryTrash(() => this.clock.now());
  readonly log = new MemoryLog();
  readonly catalogue: MemoryFolderSource;
  readonly secrets: MemorySecretStore;
  readonly nodeFile: MemoryNodeFile;
  readonly engine: SimulatedEngine;
  readonly prober: ScriptedProber;
  /** Where a daemon can be killed but in the engine's calls. */
  readonly effects = new EffectPoints(() => this.kill9());
  /** ms that the time of day is ahead of what it was at the start: somebody has turned the clock. */
  wrongBy = 0;
  readonly #random = new SeededRandom(7);
  #daemon: SimulatedDaemon | null = null;
  #death = new AbortController();
  /** What must never be and was seen. */
  #wrong: string | null = null;
  #calls = { at: 0, count: 0 };

  constructor({ catalogue = {}, apps, node, secrets, costs }: SimulatedNodeOptions = {}) {
    this.catalogue = new MemoryFolderSource(Object.entries(catalogue).map(([name, texts]) => folderOf(name, texts)));
    const wanted = apps ?? Object.fromEntries(Object.keys(catalogue).map((name) => [name, {}]));
    this.nodeFile = new MemoryNodeFile(nodeText(wanted, node));
    this.secrets = new MemorySecretStore(secrets);
    const mountable = (path: string) => this.dataDirs.has(path) || this.rendered.has(path);
    this.engine = new SimulatedEngine({ clock: this.clock, mountable, ...(costs && { costs }) });
    this.engine.images.set(NGINX);
    this.engine.onEnd = (id) => this.#daemon?.reconciler.ended(id);
    this.prober = new ScriptedProber(this.engine);
  }

  /** The daemon that lives now. */
  get daemon(): SimulatedDaemon {
    if (!this.#daemon) throw new Error("no daemon lives");
    return this.#daemon;
  }

  /** `archipelago up`: the first daemon, or the next over the same home. */
  start(): void {
    if (this.#daemon) throw new Error("a daemon lives already");
    const death = new AbortController();
    this.#death = death;
    const client = this.engine.newClient();
    // The engine's own fault plan can kill it in the middle of a call.
    client.killed.addEventListener("abort", () => this.#die(death), { once: true });
    const on = death.signal;
    const by = {
      engine: mortal(client, on, () => this.#noteWrongs(death)),
      clock: new MortalClock(this.clock, on, () => this.wrongBy),
      random: this.#random,
      facts: mortal(this.facts, on),
      secrets: mortal(this.secrets, on),
      catalogue: mortal(this.catalogue, on),
      accepted: mortal(this.effects.wrap(this.accepted), on),
      nodeFile: mortal(this.effects.wrap(this.nodeFile), on),
      records: mortal(this.effects.wrap(this.records), on),
      diskSpace: mortal(this.diskSpace, on),
      storeRoot: () => null,
      rendered: mortal(this.effects.wrap(this.rendered), on),
      dataDirs: mortal(this.dataDirs, on),
      processes: this.engine.processes,
      portTable: mortal(this.engine.ports, on),
      prober: mortal(this.prober, on),
      history: mortal(this.history, on),
      log: mortal(this.log, on),
      nodeId: "node-1",
      dataRoot: "/home/archy/data",
    };
    this.#daemon = new SimulatedDaemon(by, { jobs: mortal(this.jobs, on), trash: mortal(this.trash, on) });
  }

  /** SIGKILL: nothing of the daemon runs on, containers do. */
  kill9(): void {
    this.engine.client.kill9();
  }

  /** Whether a daemon lives: false after a planned fault has killed it. */
  get alive(): boolean {
    return this.#daemon !== null;
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    const { daemon } = this;
    await this.clock.run(daemon.stop());
    this.#daemon = null;
  }

  /** Lets time pass, ms. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.#watch();
  }

  /** Lets time pass, timer by timer, until the condition holds; throws where `limit` ms were not enough. */
  async until(condition: () => boolean, limit = 600_000): Promise<void> {
    const last = this.clock.now() + limit;
    await this.clock.settle();
    this.#watch();
    while (!condition()) {
      const due = this.clock.nextDue;
      if (due === null || due > last) throw new Error(`not within ${limit} ms\n${this.describe()}`);
      await this.clock.advanceToNext();
      this.#watch();
    }
  }

  /**
   * Until the daemon has found nothing to do for a while and nothing is on its way up, or is dead. Pauses between attempts
   * count as nothing to do.
   */
  async settle(limit = 600_000): Promise<void> {
    let quietSince: number | null = null;
    // Time moves in small steps, so that a hint that waits for its debounce is not taken for quiet.
    await this.until(() => {
      const now = this.clock.now();
      if (!this.alive) return true;
      quietSince = this.#isQuiet() ? (quietSince ?? now) : null;
      if (quietSince !== null && now - quietSince >= QUIET) return true;
      if ((this.clock.nextDue ?? Infinity) > now + QUIET / 4) this.clock.timer(QUIET / 4, () => {});
      return false;
    }, limit);
  }

  /** Settles, then asks for one more look and gives the engine calls of exactly that look. */
  async callsOfNextLook(): Promise<readonly string[]> {
    await this.settle();
    const { reconciler } = this.daemon;
    await this.clock.run(reconciler.freshLook());
    this.engine.calls.length = 0;
    const before = reconciler.last;
    reconciler.poke("now");
    await this.until(() => reconciler.last !== before);
    await this.pass(200);
    return this.engine.calls.map(({ op }) => op);
  }

  #isQuiet(): boolean {
    const { reconciler } = this.daemon;
    const look = reconciler.last;
    if (!look || this.daemon.link.status.state === "unavailable") return false;
    const slots = [...look.outlook.apps.values()].flatMap((outlook) => outlook.slots);
    if (slots.some(({ standing }) => standing.state === "starting")) return false;
    // What has to prove itself is on its way.
    if (look.outlook.plan.holds.some(({ kind }) => kind === "window")) return false;
    if (reconciler.fetchProgress().size > 0) return false;
    const busy = [...new Set(look.outlook.plan.steps.map(({ app }) => app))].some((app) => reconciler.isBusy(app));
    const heads = [...Map.groupBy(look.outlook.plan.steps, ({ app }) => app).values()].map(([head]) => head);
    return !busy && heads.every((head) => head?.waits !== null);
  }

  async status(): Promise<NodeStatus> {
    return this.clock.run(this.daemon.service.status());
  }

  async statusOf(app: string): Promise<AppStatus> {
    const found = (await this.status()).apps.find(({ id }) => id === app);
    if (!found) throw new Error(`status does not know ${app}`);
    return found;
  }

  /** Every app's state in one object. */
  async states(): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries((await this.status()).apps.map(({ id, state }) => [id, state]));
  }

  /** Somebody saves another node.yml; the watcher sees it. */
  want(apps: Readonly<Record<string, Record<string, unknown>>>, node: Readonly<Record<string, unknown>> = {}): void {
    this.writeNode(nodeText(apps, node));
  }

  writeNode(text: string): void {
    this.nodeFile.write(text);
    this.#daemon?.reconciler.poke("soon");
  }

  /** The catalogue has another folder of that name; the watcher sees it. */
  publish(name: string, texts: Folder): void {
    this.catalogue.set(folderOf(name, texts));
    this.#daemon?.reconciler.poke("soon");
  }

  /** Our containers of one app, by their engine name. */
  containersOf(app: string): readonly ContainerSummary[] {
    return this.engine
      .containers()
      .filter(({ labels }) => labels[LABEL.app] === app)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Name -> the engine's word, of all our containers. */
  engineStates(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.engine
        .containers()
        .filter(({ labels }) => labels[LABEL.app] !== undefined)
        .map(({ name, state }) => [name, state]),
    );
  }

  /** Name -> id and pid of all our containers: unchanged where nothing was made anew or restarted. */
  identities(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.engine
        .containers()
        .filter(({ labels }) => labels[LABEL.app] !== undefined)
        .map(({ name, id, pid }) => [name, `${id.slice(0, 8)} ${pid}`]),
    );
  }

  /** What was done, oldest first, as `op app/container result`; from a moment on. What others did is left out. */
  deeds(since = 0): readonly string[] {
    const ours = this.entries(since).filter(({ actor }) => actor !== "outside");
    return ours.map(
      ({ app, container, action, result }) =>
        `${action} ${app ?? "node"}${container === null || container === "main" ? "" : `/${container}`}${result === "failed" ? " failed" : ""}`,
    );
  }

  entries(since = 0): readonly HistoryEntry[] {
    return this.history.entries.filter(({ at }) => at >= since);
  }

  /** For failures of tests. */
  describe(): string {
    const look = this.#daemon?.reconciler.last;
    return [
      ...this.engine.containers().map(({ name, state }) => `${name} ${state}`),
      look ? formatPlan(viewPlan(look.outlook.plan)) : "no look yet",
      ...this.log.lines.slice(-12),
    ].join("\n");
  }

  /** Called at each engine call and its end: the moments at which something can have gone wrong. */
  #noteWrongs(death: AbortController): void {
    const [twins] = twinsOf(this.engine);
    if (twins !== undefined) this.#wrong ??= `${twins} ran at the same time`;
    const now = this.clock.now();
    this.#calls = this.#calls.at === now ? { at: now, count: this.#calls.count + 1 } : { at: now, count: 1 };
    if (this.#calls.count < RUNAWAY) return;
    // Time would never move again: the daemon is ended, so that the test can say why.
    this.#wrong ??= `the loop runs hot\n${this.describe()}`;
    death.abort();
  }

  #watch(): void {
    if (this.#wrong !== null) throw new Error(this.#wrong);
  }

  #die(death: AbortController): void {
    death.abort();
    if (this.#death === death) this.#daemon = null;
  }
}

const folderOf = (name: string, texts: Folder) =>
  appFolder(name, typeof texts === "string" ? { "manifest.yml": texts } : texts);
