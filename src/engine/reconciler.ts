import { ArcError } from "../core/errors/arc-error.ts";
import { appId, type AppId } from "../core/ids.ts";
import type { NodeConfig } from "../core/manifest/node-schema.ts";
import { planNode, type Outlook } from "../core/plan/plan-node.ts";
import type { Step } from "../core/plan/plan.ts";
import { workOn } from "./app-worker.ts";
import type { Collaborators } from "./collaborators.ts";
import { DesireReader, type Desire, type RecordEdit } from "./desire.ts";
import { DriftNotes } from "./drift-notes.ts";
import { Fetcher } from "./fetcher.ts";
import { effectiveEntries } from "../core/rollout/rollout.ts";
import { doesItsWork, holdOf, isAllWell, oldOneFails, type Look } from "./look.ts";
import { meansEngineAway } from "./engine-away.ts";
import { MemoryBook, wishOf } from "./memory-book.ts";
import { Observer } from "./observer.ts";
import { ProbeSchedule } from "./probe-schedule.ts";
import { Semaphore } from "./semaphore.ts";
import { isFetch } from "../core/plan/step.ts";
import { RecordBook } from "./record-book.ts";
import { RenderedSweep } from "./sweep-rendered.ts";

const RESYNC_MS = 60_000;
const DEBOUNCE_MS = 250;
/** The engine never tells that a container's conmon and process were both killed: the kernel is asked this often. */
const PULSE_MS = 2_000;
/** Creates and starts at once; more only queue up inside the engine. */
const MUTATIONS_AT_ONCE = 4;

/**
 * The loop: look, plan, dispatch, wait for a hint. Level-triggered: a hint only says when to look, never what to do, so
 * that losing one costs time and nothing else.
 */
export class Reconciler implements AsyncDisposable {
  readonly #by: Collaborators;
  readonly #reader: DesireReader;
  readonly #observer: Observer;
  readonly #memory = new MemoryBook();
  readonly #probes: ProbeSchedule;
  readonly #sweep: RenderedSweep;
  readonly #drift: DriftNotes;
  readonly #mutations = new Semaphore(MUTATIONS_AT_ONCE);
  readonly #book: RecordBook;
  readonly #fetcher: Fetcher;
  readonly #busy = new Map<AppId, Promise<void>>();
  readonly #over = new AbortController();
  readonly #listeners = new Set<(look: Look) => void>();
  readonly #failures = new Set<(error: ArcError) => void>();
  /** Counts work that ended; and for each app, which of them was its last. */
  #epoch = 0;
  readonly #ended = new Map<AppId, number>();
  /** Containers that have just ended, as hints say. */
  readonly #endedNow = new Set<string>();
  #last: Look | null = null;
  #looking: Promise<Look> | null = null;
  /** Looks begun so far, and how many they were at the last hint. */
  #begun = 0;
  #begunAtHint = 0;
  #wake: (() => void) | null = null;
  #poked = false;
  #debounce: Disposable | null = null;
  #pulse: Disposable | null = null;

  constructor(by: Collaborators) {
    this.#by = by;
    this.#book = new RecordBook(by);
    const sources = { ...by, book: this.#book };
    this.#reader = new DesireReader(sources);
    this.#observer = new Observer(sources);
    this.#fetcher = new Fetcher(sources, this.#memory, () => this.poke("now"));
    this.#sweep = new RenderedSweep(by);
    this.#drift = new DriftNotes(by);
    this.#probes = new ProbeSchedule(by.clock, by.prober, (app, found, kind, seen, turned) => {
      this.#memory.probe(app, found.id, found.run, kind, seen);
      if (turned) this.poke("now");
    });
  }

  /** A hint that something may have changed. `soon` waits for others of its kind to come together. */
  poke(when: "now" | "soon"): void {
    if (when === "now") {
      this.#poked = true;
      this.#begunAtHint = this.#begun;
      this.#wake?.();
    } else {
      this.#debounce ??= this.#by.clock.timer(DEBOUNCE_MS, () => {
        this.#debounce = null;
        this.poke("now");
      });
    }
  }

  /**
   * A hint that this container has just ended. It is looked at alone, and its app put right before anything else: the
   * engine begins to clean up behind it within some 20 ms, and a start that comes later waits until that is done, which
   * takes 300 ms (Podman 4.3).
   */
  ended(id: string): void {
    const own = this.#last?.world.own.find((each) => each.id === id);
    // Whoever is at it knows, and pokes when it is done.
    if (own && this.#busy.has(appId(own.app))) return;
    this.#endedNow.add(id);
    this.poke("now");
  }

  /** Looks and acts until the signal fires. An engine that is gone is a state, not a crash. */
  async run(signal: AbortSignal): Promise<void> {
    const end = (): void => {
      this.#over.abort();
      this.#wake?.();
    };
    signal.addEventListener("abort", end, { once: true });
    this.#watchProcesses();
    let lastFailure = "";
    while (!signal.aborted) {
      this.#poked = false;
      let next = RESYNC_MS * (0.9 + this.#by.random.fraction() / 5);
      try {
        if (await this.#putEndedRight()) {
          await this.#rest(DEBOUNCE_MS, signal);
          continue;
        }
        // A look under way for somebody who asks may have begun before the hint that woke this loop; whoever said
        // something asks right after it, and then one look does for both.
        const look = await (this.#begun > this.#begunAtHint ? this.look() : this.freshLook());
        lastFailure = "";
        this.#dispatch(look);
        next = Math.min(next, this.#observer.settle ?? next);
        for (const { until } of look.outlook.plan.holds)
          if (until !== undefined) next = Math.min(next, until - look.at);
      } catch (thrown) {
        const error = ArcError.from(thrown);
        if (signal.aborted) break;
        for (const listener of this.#failures) listener(error);
        // Said once, and of an engine that is away by the link alone: a week of it would otherwise fill the disk.
        if (error.message !== lastFailure && !meansEngineAway(thrown)) {
          const cause = error.cause instanceof Error ? error.cause.stack : undefined;
          this.#by.log.warn({ code: error.code, cause }, `look failed: ${error.message}`);
        }
        lastFailure = error.message;
        next = 1_000;
      }
      await this.#rest(Math.max(0, next), signal);
    }
    await this.#settled();
  }

  /** Gives back whether something is done about what has just ended; if not, it takes a whole look. */
  async #putEndedRight(): Promise<boolean> {
    const ended = new Set(this.#endedNow);
    this.#endedNow.clear();
    const last = this.#last;
    const own = last?.world.own.filter(({ id }) => ended.has(id)) ?? [];
    if (!last || own.length === 0 || own.length < ended.size) return false;
    const quick = await this.#outlook(await this.readDesire(), { notice: true, epoch: last.epoch, ended });
    if (quick.nodeHold !== null) return false;
    this.#last = quick;
    const due = this.#due(quick);
    const apps = new Set(own.map(({ app }) => appId(app)));
    for (const [app, steps] of due) if (apps.has(app)) this.#begin(quick, app, steps);
    return [...due.keys()].some((app) => apps.has(app));
  }

  async #settled(): Promise<void> {
    await Promise.all([...this.#busy.values(), this.#fetcher.settled()]);
  }

  #watchProcesses(): void {
    const { clock, processes } = this.#by;
    this.#pulse = clock.timer(PULSE_MS, () => {
      const ended = this.#last?.world.own.some(({ alive, summary, id }) => alive && !processes.alive(summary.pid, id));
      if (ended) this.poke("now");
      this.#watchProcesses();
    });
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#poked || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    using _timer = this.#by.clock.timer(ms, resolve);
    await promise;
    this.#wake = null;
  }

  /** One look, shared by all who ask while it is under way. Changes nothing. */
  look(): Promise<Look> {
    if (this.#looking) return this.#looking;
    this.#begun += 1;
    this.#looking = this.#lookOnce().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** A look for somebody who asks. What it finds to do is done at once: nobody shall see drift that then stays. */
  async see(): Promise<Look> {
    const look = await this.look();
    if (this.#due(look).size > 0 || this.#fetcher.isDue(look.outlook.plan.steps)) this.poke("now");
    return look;
  }

  /** A look that began after this call: one under way may have read an older desired state. */
  async freshLook(): Promise<Look> {
    await this.#looking?.catch(() => undefined);
    return this.look();
  }

  /** What is wanted now, without asking the engine. ARC_NODE_INVALID where node.yml was never valid. */
  async readDesire(edit?: (config: NodeConfig) => NodeConfig, record?: RecordEdit): Promise<Desire> {
    const desire = await this.#reader.read(edit, record);
    if ("unknown" in desire) throw new ArcError("ARC_NODE_INVALID", desire.unknown.join("\n"));
    return desire;
  }

  async #lookOnce(): Promise<Look> {
    // Work that ends while the records are read may have changed them: such a look is too old for that app.
    const epoch = this.#epoch;
    const desire = await this.readDesire();
    const look = await this.#outlook(desire, { notice: true, epoch });
    this.#last = look;
    for (const [app, outlook] of look.outlook.apps) {
      this.#memory.prune(app, new Set(outlook.own.map(({ id }) => id)));
      this.#memory.works(app, doesItsWork(outlook), look.at);
      this.#memory.oldFails(app, oldOneFails(outlook), look.at);
      if (isAllWell(outlook)) this.#memory.good(app, look.at);
    }
    this.#probes.sync([...look.outlook.apps].map(([id, { slots }]) => ({ id, slots })));
    this.#drift.after(look);
    await this.#sweep.after(look);
    for (const listener of this.#listeners) listener(look);
    return look;
  }

  /** `notice`: a changed wish begins with a clean slate; a preview leaves everything as it is. */
  async #outlook(
    desire: Desire,
    {
      notice,
      epoch,
      ended,
    }: { readonly notice: boolean; readonly epoch: number; readonly ended?: ReadonlySet<string> },
  ): Promise<Look> {
    const { desired } = desire.resolved;
    const world = await this.#observer.look(
      desired,
      this.#memory.view(),
      new Set(this.#busy.keys()),
      this.#over.signal,
      ended,
    );
    if (notice)
      this.#memory.notice(
        effectiveEntries(
          desired.apps,
          Map.groupBy(world.own, ({ app }) => app),
        ),
      );
    const nodeHold = holdOf(desire, world);
    const outlook = planNode(desired, world, this.#memory.view());
    const empty: Outlook = { plan: { id: outlook.plan.id, steps: [], holds: [] }, apps: outlook.apps };
    return { at: world.now, desire, world, outlook: nodeHold === null ? outlook : empty, nodeHold, epoch };
  }

  /** What would be done if the desired state were edited so. Nothing is changed, made or remembered. */
  async preview(edit: (config: NodeConfig) => NodeConfig, record?: RecordEdit): Promise<Look> {
    const desire = { ...(await this.readDesire(edit, record)), missing: false };
    return this.#outlook(desire, { notice: false, epoch: this.#epoch });
  }

  /** Hands each app that is not busy its steps, and the fetcher what is to be fetched. */
  #dispatch(look: Look): void {
    if (look.nodeHold !== null) return;
    this.#fetcher.dispatch(look.outlook.plan.steps, this.#over.signal);
    for (const [app, steps] of this.#due(look)) this.#begin(look, app, steps);
  }

  /** Apps that have something to do now and are not at it. */
  #due({ outlook, epoch }: Look): ReadonlyMap<AppId, readonly Step[]> {
    const byApp = Map.groupBy(
      outlook.plan.steps.filter((step) => !isFetch(step)),
      ({ app }) => app,
    );
    for (const [app, steps] of byApp) {
      // A look that began before the app's last work ended has seen too little of it; the next one is on its way.
      const stale = (this.#ended.get(app) ?? 0) > epoch;
      if (stale || this.#busy.has(app) || steps.every(({ waits }) => waits !== null)) byApp.delete(app);
    }
    return byApp;
  }

  #begin(look: Look, app: AppId, steps: readonly Step[]): void {
    const { desire, outlook } = look;
    const entry = outlook.apps.get(app)?.entry ?? null;
    const wish = wishOf(entry);
    const choice = desire.choices.get(app);
    const context = {
      by: this.#by,
      book: this.#book,
      desired: entry?.kind === "resolved" ? entry : null,
      secrets: desire.resolved.secrets.get(app) ?? null,
      chosen: choice?.kind === "chosen" ? choice : null,
      mutations: this.#mutations,
      signal: this.#over.signal,
    };
    const current = (): boolean => wishOf(this.#last?.outlook.apps.get(app)?.entry ?? null) === wish;
    const done = workOn({ app, steps, context, current }, this.#by, this.#memory)
      .catch((error: unknown) => {
        // Such as a history that can't be written: it must neither end the daemon nor go round without a pause.
        const { message } = ArcError.from(error);
        this.#memory.failed(app, message, this.#by.clock.now(), this.#by.random.fraction(), false);
        this.#by.log.error({ app }, `work broke off: ${message}`);
      })
      .then(() => this.#workEnded(app));
    this.#busy.set(app, done);
    this.#sweep.begun(app);
  }

  #workEnded(app: AppId): void {
    this.#busy.delete(app);
    this.#ended.set(app, ++this.#epoch);
    this.poke("now");
  }

  /** Does something while none of that app's steps is being done, and none begins. */
  async exclusively<T>(app: AppId, work: () => Promise<T>): Promise<T> {
    for (let busy = this.#busy.get(app); busy; busy = this.#busy.get(app)) await busy;
    const done = work();
    this.#busy.set(
      app,
      done.then(
        () => undefined,
        () => undefined,
      ),
    );
    return done.finally(() => this.#workEnded(app));
  }

  /** Image -> layers of those known, for what is being fetched; null: nothing can be told. */
  fetchProgress(): ReadonlyMap<string, { readonly done: number; readonly known: number } | null> {
    return this.#fetcher.progress();
  }

  get book(): RecordBook {
    return this.#book;
  }

  /** Apps whose steps are being done at this moment. */
  isBusy(app: AppId): boolean {
    return this.#busy.has(app);
  }

  memoryOf(app: AppId) {
    return this.#memory.of(app);
  }

  /** The newest look; null before the first. */
  get last(): Look | null {
    return this.#last;
  }

  onLook(listener: (look: Look) => void): void {
    this.#listeners.add(listener);
  }

  onFailure(listener: (error: ArcError) => void): void {
    this.#failures.add(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.#probes[Symbol.dispose]();
    this.#debounce?.[Symbol.dispose]();
    this.#pulse?.[Symbol.dispose]();
    await this.#settled();
  }
}
