import { ArcError } from "../core/errors/arc-error.ts";
import type { HostFacts } from "../core/facts.ts";
import type { Quarantine } from "../core/record/app-record.ts";
import type { AppState, AppStatus, EngineStatus, NodeStatus } from "../core/status/status.ts";
import type { HistoryEntry, HistoryQuery } from "../ports/history-store.ts";
import type {
  Actor,
  AdoptionView,
  DesiredEdit,
  EditResult,
  Explanation,
  FactsView,
  JobQuery,
  JobView,
  LogEntry,
  NodeApi,
  NodeEvent,
  PlanView,
  TrashView,
} from "../rpc/node-api.ts";
import { ScriptedJobs } from "./scripted-jobs.ts";
import { appStatus, planView } from "./views.ts";

const FACTS: HostFacts = {
  host_ip: "192.0.2.7",
  host_mdns: "archy.local",
  host_name: "archy",
  disk_gb: 2000,
  memory_mb: 8192,
  cpus: 4,
  arch: "amd64",
  timezone: "Europe/Vienna",
};

/**
 * A node in memory that keeps lists: what tests put in is what it answers with, and what it was asked to do is kept in
 * `edits` and `applied`. After an edit or an apply, each look at its status takes every app one state further along its
 * script, so that whoever waits sees progress without any clock.
 */
export class ScriptedNodeApi implements NodeApi {
  readonly apps = new Map<string, AppStatus>();
  readonly entries: HistoryEntry[] = [];
  readonly logLines: LogEntry[] = [];
  readonly edits: DesiredEdit[] = [];
  readonly applied: (string | undefined)[] = [];
  /** Who said each edit, cancelled each job and emptied the trash, as far as it was told. */
  readonly actors: (Actor | undefined)[] = [];
  readonly adoptions: AdoptionView[] = [];
  readonly trashed: TrashView[] = [];
  /** The states an app goes through once something was set going. The plan is empty when all scripts are at their end. */
  readonly scripts = new Map<string, AppState[]>();
  /** How many log streams are being read. */
  followers = 0;
  engine: EngineStatus = { state: "available", version: "4.3.1", since: 0 };
  /** What explain says failed last. */
  readonly failures = new Map<string, Quarantine>();
  overridden: FactsView["overridden"] = [];
  /** What plan() answers until something is set going. */
  planned: PlanView = planView();
  /** Thrown by every method while it is there. */
  failure: Error | null = null;
  /** Jobs that edits began; what tests put in counts too. See ScriptedJobs. */
  readonly work = new ScriptedJobs(
    (id) => this.apps.get(id)?.state ?? "absent",
    (app) => (this.scripts.get(app)?.length ?? 0) === 0,
    (job) => this.emit({ type: "job", job }),
  );
  #moving = false;
  readonly #listeners = new Set<(event: NodeEvent) => void>();

  constructor(...apps: readonly AppStatus[]) {
    for (const app of apps) this.apps.set(app.id, app);
  }

  /** Tells all who listen. */
  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async status(): Promise<NodeStatus> {
    this.#throwFailure();
    if (this.#moving) this.#advance();
    const node = { id: "n1", name: "archy", chain: "regtest", home: "/home-of-archy", pid: 1 };
    return { node, engine: this.engine, notices: [], apps: [...this.apps.values()] };
  }

  async facts(): Promise<FactsView> {
    this.#throwFailure();
    return { facts: FACTS, detected: { ...FACTS, host_ip: "192.0.2.1" }, overridden: this.overridden };
  }

  async plan(edit?: DesiredEdit): Promise<PlanView> {
    this.#throwFailure();
    for (const app of edit?.apps ?? []) this.#known(app);
    const done = this.#moving && [...this.scripts.values()].every((states) => states.length === 0);
    return done ? { ...this.planned, steps: [] } : this.planned;
  }

  async apply(id?: string): Promise<PlanView> {
    this.#throwFailure();
    this.#fresh(id);
    this.applied.push(id);
    this.#moving = true;
    return this.planned;
  }

  async edit(edit: DesiredEdit, plan?: string, actor?: Actor): Promise<EditResult> {
    this.#throwFailure();
    for (const app of edit.apps) this.#known(app);
    this.#fresh(plan);
    this.edits.push(edit);
    this.actors.push(actor);
    this.#moving = true;
    return { changed: edit.apps, plan: this.planned, job: this.work.begin(edit, actor) };
  }

  async jobs(query: JobQuery): Promise<readonly JobView[]> {
    this.#throwFailure();
    return this.work.list(query);
  }

  async job(id: string): Promise<JobView> {
    this.#throwFailure();
    if (this.#moving) this.#advance();
    return this.work.look(id);
  }

  async cancelJob(id: string, actor?: Actor): Promise<JobView> {
    this.#throwFailure();
    this.actors.push(actor);
    return this.work.cancel(id);
  }

  async adoptable(app?: string): Promise<readonly AdoptionView[]> {
    this.#throwFailure();
    return this.adoptions.filter((found) => app === undefined || found.app === app);
  }

  async trash(): Promise<readonly TrashView[]> {
    this.#throwFailure();
    return [...this.trashed];
  }

  async emptyTrash(ids: readonly string[], actor?: Actor): Promise<readonly TrashView[]> {
    this.#throwFailure();
    this.actors.push(actor);
    const gone = this.trashed.filter(({ id }) => ids.includes(id));
    const unknown = ids.find((id) => !gone.some((entry) => entry.id === id));
    if (unknown !== undefined) throw new ArcError("ARC_TRASH", `There is no ${unknown} in the trash.`);
    this.trashed.splice(0, this.trashed.length, ...this.trashed.filter((entry) => !gone.includes(entry)));
    return gone;
  }

  async explain(app: string): Promise<Explanation> {
    this.#throwFailure();
    const status = this.#known(app);
    const decisions = this.entries.filter((entry) => entry.app === app);
    const { holds } = this.planned;
    return { status, sentences: [status.reason], drift: [], holds, decisions, failure: this.failures.get(app) ?? null };
  }

  async history({ app, since = 0, limit }: HistoryQuery): Promise<readonly HistoryEntry[]> {
    this.#throwFailure();
    return this.entries
      .filter((entry) => entry.at >= since && (app === undefined || entry.app === app))
      .slice(0, limit);
  }

  async *logs(
    app: string,
    container: string | null,
    options: { readonly follow: boolean; readonly tail: number },
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry> {
    this.#known(app);
    this.followers += 1;
    try {
      const lines = this.logLines.filter((line) => container === null || line.container === container);
      yield* options.tail === 0 ? [] : lines.slice(-options.tail);
      this.#throwFailure();
      if (options.follow) await fired(signal);
    } finally {
      this.followers -= 1;
    }
  }

  async *events(signal: AbortSignal): AsyncGenerator<NodeEvent> {
    const queue: NodeEvent[] = [];
    let wake = (): void => {};
    const listener = (event: NodeEvent): void => {
      queue.push(event);
      wake();
    };
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        yield* queue.splice(0);
        if (queue.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  #advance(): void {
    for (const [id, states] of this.scripts) {
      const state = states.shift();
      if (!state) continue;
      const app = appStatus(id, { ...this.apps.get(id), state, reason: `it is ${state}`, since: Date.now() });
      if (state === "absent") this.apps.delete(id);
      else this.apps.set(id, app);
      this.emit({ type: "state", app });
    }
  }

  #known(app: string): AppStatus {
    const status = this.apps.get(app);
    if (!status) throw new ArcError("ARC_APP_UNKNOWN", `There is no app ${app}.`);
    return status;
  }

  #fresh(plan: string | undefined): void {
    if (plan !== undefined && plan !== this.planned.id)
      throw new ArcError("ARC_PLAN_STALE", `Plan ${plan} no longer holds; the plan is ${this.planned.id} now.`);
  }

  #throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }
}

function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
