import { ArcError } from "../core/errors/arc-error.ts";
import { FACT_NAMES, type HostFacts } from "../core/facts.ts";
import { appId, type AppId } from "../core/ids.ts";
import type { JobView } from "../core/job/job.ts";
import { viewPlan, type PlanView } from "../core/plan/plan-view.ts";
import type { NodeStatus } from "../core/status/status.ts";
import type { Collaborators } from "../engine/collaborators.ts";
import type { EngineLink } from "../engine/engine-link.ts";
import type { Look } from "../engine/look.ts";
import type { Reconciler } from "../engine/reconciler.ts";
import type { HistoryEntry, HistoryQuery } from "../ports/history-store.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { Trash } from "../ports/trash.ts";
import type {
  Actor,
  AdoptionView,
  DesiredEdit,
  EditResult,
  Explanation,
  FactsView,
  JobQuery,
  LogEntry,
  NodeApi,
  NodeEvent,
  TrashView,
} from "../rpc/node-api.ts";
import { appLogs } from "./app-logs.ts";
import { costOfLook } from "./cost-of-look.ts";
import { EditDesk } from "./edits/edit-desk.ts";
import { TrashDoor } from "./edits/trash-door.ts";
import { explanationOf } from "./explanations.ts";
import type { Adopter } from "./jobs/adopter.ts";
import { JobDesk } from "./jobs/job-desk.ts";
import { seeLook } from "./jobs/see-look.ts";
import { absentStatus, StatusBook } from "./status-book.ts";
import { Subscribers } from "./subscribers.ts";

interface ServiceOptions {
  readonly by: Collaborators;
  readonly reconciler: Reconciler;
  readonly link: EngineLink;
  readonly jobs: JobStore;
  readonly trash: Trash;
  readonly adopter: Adopter;
  readonly home: string;
  /** What was found at start, such as a history that had to be set aside. */
  readonly notices: readonly string[];
}

/** What people ask of a node, answered from the loop's looks. It decides nothing itself. */
export class NodeService implements NodeApi, AsyncDisposable {
  readonly #options: ServiceOptions;
  readonly #statuses: StatusBook;
  readonly #jobs: JobDesk;
  readonly #trash: TrashDoor;
  readonly #edits: EditDesk;
  readonly #events = new Subscribers<NodeEvent>();
  #shown = new Map<AppId, string>();

  constructor(options: ServiceOptions) {
    this.#options = options;
    const { by, reconciler, link, jobs, trash, adopter } = options;
    this.#statuses = new StatusBook(reconciler, by.clock);
    const away = (): string | null => (link.status.state === "unavailable" ? link.status.reason : null);
    const redact = (text: string): string => by.secrets.redact(text);
    const tell = (job: JobView): void => this.#events.send({ type: "job", job });
    this.#jobs = new JobDesk({ ...by, jobs, trash, loop: reconciler, adopter, away, redact, tell });
    this.#trash = new TrashDoor({ ...by, trash }, reconciler);
    this.#edits = new EditDesk({ by, reconciler, link, jobs: this.#jobs, trash: this.#trash, adopter });
    reconciler.onLook((look) => this.#publish(look));
    link.onChange(({ state }) => {
      this.#events.send({ type: "engine", state });
      this.#jobs.retell();
    });
  }

  /** Waits for what is being moved at this moment. Jobs go on in the next life of the daemon. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#jobs[Symbol.asyncDispose]();
  }

  /** History entries are appended by many; each is told to whoever follows. */
  tellHistory(entry: HistoryEntry): void {
    this.#events.send({ type: "history", entry });
  }

  async status(): Promise<NodeStatus> {
    const { by, link, home, notices } = this.#options;
    const look = await this.#lookOrLast();
    const asOf =
      link.status.state === "unavailable" && look ? [`as last seen at ${new Date(look.at).toISOString()}`] : [];
    return {
      node: {
        id: by.nodeId,
        name: look?.desire.config.node.name ?? "",
        chain: look?.desire.config.node.chain ?? "",
        home,
        pid: process.pid,
      },
      engine: link.status,
      notices: [...notices, ...(look?.desire.notices ?? []), ...(look?.nodeHold ? [look.nodeHold] : []), ...asOf],
      apps: look ? [...this.#statuses.all(look).values()] : [],
    };
  }

  async facts(): Promise<FactsView> {
    // The engine has no part in it.
    const desire = await this.#options.reconciler.readDesire();
    const { detected, effective } = desire.facts;
    const overridden = FACT_NAMES.filter((name: keyof HostFacts) => desire.config.host[name] !== undefined);
    return { facts: effective, detected, overridden };
  }

  async plan(edit?: DesiredEdit): Promise<PlanView> {
    const look = await this.#look();
    return this.#viewPlan(edit ? await this.#edits.preview(edit, look) : look);
  }

  async apply(id?: string): Promise<PlanView> {
    const look = await this.#options.reconciler.freshLook();
    if (id !== undefined && look.outlook.plan.id !== id) throw stale(id);
    this.#options.reconciler.poke("now");
    return this.#viewPlan(look);
  }

  async edit(edit: DesiredEdit, plan?: string, actor: Actor = "cli"): Promise<EditResult> {
    if (plan !== undefined) {
      const { outlook } = await this.#edits.preview(edit, await this.#look());
      if (outlook.plan.id !== plan) throw stale(plan);
    }
    return this.#edits.edit(edit, actor);
  }

  async jobs(query: JobQuery): Promise<readonly JobView[]> {
    return this.#jobs.list(query);
  }

  async job(id: string): Promise<JobView> {
    return this.#jobs.view(id);
  }

  cancelJob(id: string, actor: Actor = "cli"): Promise<JobView> {
    return this.#jobs.cancel(id, actor);
  }

  adoptable(app?: string): Promise<readonly AdoptionView[]> {
    return this.#options.adopter.adoptable(app === undefined ? null : appId(app));
  }

  trash(): Promise<readonly TrashView[]> {
    return this.#trash.list();
  }

  emptyTrash(ids: readonly string[], actor: Actor = "cli"): Promise<readonly TrashView[]> {
    return this.#trash.empty(ids, actor);
  }

  async explain(app: string): Promise<Explanation> {
    const { by, reconciler } = this.#options;
    return explanationOf(app, {
      look: await this.#lookOrLast(),
      statuses: this.#statuses,
      busy: reconciler.isBusy(appId(app)),
      jobs: this.#jobs.runningOf(app),
      decisions: by.history.query({ app, limit: 10 }),
      redact: (text) => by.secrets.redact(text),
    });
  }

  history(query: HistoryQuery): Promise<readonly HistoryEntry[]> {
    return Promise.resolve(this.#options.by.history.query(query));
  }

  async *logs(
    app: string,
    container: string | null,
    options: { readonly follow: boolean; readonly tail: number },
    signal: AbortSignal,
  ): AsyncIterable<LogEntry> {
    const { engine, secrets } = this.#options.by;
    const redact = (text: string): string => secrets.redact(text);
    yield* appLogs(await this.#look(), { app, container, ...options }, { engine, redact }, signal);
  }

  events(signal: AbortSignal): AsyncIterable<NodeEvent> {
    return this.#events.follow(signal);
  }

  /** With an engine that is away, what was last seen; with one that is there, a look now. */
  async #lookOrLast(): Promise<Look | null> {
    const { reconciler, link } = this.#options;
    if (link.status.state === "unavailable") return reconciler.last;
    try {
      return await reconciler.see();
    } catch (thrown) {
      const error = ArcError.from(thrown);
      link.suspect(error);
      if (reconciler.last) return reconciler.last;
      throw error;
    }
  }

  async #look(): Promise<Look> {
    const { reconciler, link } = this.#options;
    if (link.status.state === "unavailable") throw new ArcError("ARC_ENGINE_UNAVAILABLE", link.status.reason);
    return reconciler.see();
  }

  async #viewPlan(look: Look): Promise<PlanView> {
    return viewPlan(look.outlook.plan, costOfLook(look));
  }

  /** Tells followers of each app whose status is another than they were shown, and of the jobs that follow from it. */
  #publish(look: Look): void {
    const shown = new Map<AppId, string>();
    const statuses = this.#statuses.all(look);
    for (const [id, app] of statuses) {
      const text = JSON.stringify(app);
      shown.set(id, text);
      if (this.#shown.get(id) !== text) this.#events.send({ type: "state", app });
    }
    for (const id of this.#shown.keys()) {
      if (!shown.has(id)) this.#events.send({ type: "state", app: absentStatus(id, look) });
    }
    this.#shown = shown;
    this.#jobs.see(seeLook(look, statuses, this.#options.reconciler));
  }
}

function stale(id: string): ArcError {
  return new ArcError("ARC_PLAN_STALE", `plan ${id} no longer holds: something has changed since it was made`);
}
