import { ArcError } from "../core/errors/arc-error.ts";
import { FACT_NAMES, type HostFacts } from "../core/facts.ts";
import { appId, type AppId } from "../core/ids.ts";
import { viewPlan, type PlanView } from "../core/plan/plan-view.ts";
import type { AppOutlook } from "../core/plan/plan-node.ts";
import { appStatus } from "../core/status/app-status.ts";
import { driftOf, explainApp } from "../core/status/explain.ts";
import type { AppStatus, NodeStatus } from "../core/status/status.ts";
import type { Collaborators } from "../engine/collaborators.ts";
import type { EngineLink } from "../engine/engine-link.ts";
import type { Look } from "../engine/look.ts";
import type { Reconciler } from "../engine/reconciler.ts";
import type { HistoryEntry, HistoryQuery } from "../ports/history-store.ts";
import type { DesiredEdit, EditResult, Explanation, FactsView, LogEntry, NodeApi, NodeEvent } from "../rpc/node-api.ts";
import { planEdit, type PlannedEdit } from "./desired-edit.ts";
import { mergeStreams } from "./merge-streams.ts";
import { Subscribers } from "./subscribers.ts";

interface ServiceOptions {
  readonly by: Collaborators;
  readonly reconciler: Reconciler;
  readonly link: EngineLink;
  readonly home: string;
  /** What was found at start, such as a history that had to be set aside. */
  readonly notices: readonly string[];
}

/** What people ask of a node, answered from the loop's looks. It decides nothing itself. */
export class NodeService implements NodeApi {
  readonly #options: ServiceOptions;
  readonly #since = new Map<AppId, { readonly state: string; readonly since: number }>();
  readonly #events = new Subscribers<NodeEvent>();
  #shown = new Map<AppId, string>();

  constructor(options: ServiceOptions) {
    this.#options = options;
    options.reconciler.onLook((look) => this.#publish(look));
    options.link.onChange(({ state }) => this.#events.send({ type: "engine", state }));
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
      apps: look ? [...look.outlook.apps].map(([, outlook]) => this.#statusOf(outlook, look)) : [],
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
    const look = edit ? await this.#preview(edit) : await this.#look();
    return viewPlan(look.outlook.plan);
  }

  async apply(id?: string): Promise<PlanView> {
    const { outlook } = await this.#options.reconciler.freshLook();
    if (id !== undefined && outlook.plan.id !== id) throw stale(id);
    this.#options.reconciler.poke("now");
    return viewPlan(outlook.plan);
  }

  async edit(edit: DesiredEdit, plan?: string): Promise<EditResult> {
    const { by, reconciler, link } = this.#options;
    if (plan !== undefined && (await this.#preview(edit)).outlook.plan.id !== plan) throw stale(plan);
    // What is wanted can be said while the engine is away; it is done when the engine is back.
    const planned = this.#planEdit(edit, await reconciler.readDesire());
    await by.nodeFile.edit(planned.edits);
    for (const app of planned.changed) {
      by.history.append({
        at: by.clock.now(),
        app,
        container: null,
        actor: "cli",
        action: `app.${edit.kind}`,
        reason: `the owner said ${edit.kind}`,
        result: "noted",
        detail: "",
        diff: [],
        duration: 0,
      });
    }
    reconciler.poke("now");
    if (link.status.state === "unavailable") {
      const reason = `the engine is unavailable: ${link.status.reason}`;
      return {
        changed: planned.changed,
        plan: { id: "", steps: [], holds: planned.changed.map((app) => ({ app: appId(app), reason })) },
      };
    }
    const { outlook } = await reconciler.freshLook();
    return { changed: planned.changed, plan: viewPlan(outlook.plan) };
  }

  async explain(app: string): Promise<Explanation> {
    const { by, reconciler } = this.#options;
    const look = await this.#lookOrLast();
    const decisions = by.history.query({ app, limit: 10 });
    const outlook = look?.outlook.apps.get(appId(app));
    if (!look || !outlook) {
      const known = look?.desire.catalogue.get(app);
      if (!known && decisions.length === 0)
        throw new ArcError("ARC_APP_UNKNOWN", `${app} is neither in the catalogue nor on this node`);
      const status = absentStatus(app, look);
      return { status, sentences: [`${app} is absent: ${status.reason}.`], drift: [], holds: [], decisions };
    }
    const status = this.#statusOf(outlook, look);
    return {
      status,
      sentences: explainApp(status, outlook, reconciler.isBusy(appId(app))),
      drift: driftOf(outlook),
      holds: outlook.holds,
      decisions,
    };
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
    const { by } = this.#options;
    const look = await this.#look();
    const outlook = look.outlook.apps.get(appId(app));
    if (!outlook) throw new ArcError("ARC_APP_UNKNOWN", `${app} is not on this node`);
    const slots = outlook.slots.filter(({ desired }) => container === null || desired.name === container);
    if (slots.length === 0) {
      const names = outlook.slots.map(({ desired }) => desired.name).join(", ");
      throw new ArcError("ARC_APP_UNKNOWN", `${app} has no container ${container ?? ""}; it has ${names || "none"}`);
    }
    const streams = slots.flatMap(({ desired, match, others }) => {
      const found = match ?? others[0];
      return found ? [{ key: desired.name, lines: by.engine.logs(found.id, options, signal) }] : [];
    });
    for await (const { key, line } of mergeStreams(streams, signal))
      yield { container: key, ...line, text: by.secrets.redact(line.text) };
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

  async #preview(edit: DesiredEdit): Promise<Look> {
    const { desire } = await this.#look();
    const planned = this.#planEdit(edit, desire);
    return this.#options.reconciler.preview((config) => planned.apply(config));
  }

  #planEdit(edit: DesiredEdit, desire: Look["desire"]): PlannedEdit {
    const now = new Date(this.#options.by.clock.now()).toISOString();
    return planEdit(edit, desire.config, desire.catalogue, desire.choices, now);
  }

  #statusOf(outlook: AppOutlook, look: Look): AppStatus {
    const { reconciler, by } = this.#options;
    const { id } = outlook.entry;
    const host = look.desire.facts.effective.host_ip;
    const status = appStatus(outlook, reconciler.memoryOf(id), host, 0);
    const known = this.#since.get(id);
    if (known?.state !== status.state) this.#since.set(id, { state: status.state, since: by.clock.now() });
    return { ...status, since: this.#since.get(id)?.since ?? by.clock.now() };
  }

  /** Tells followers of each app whose status is another than they were shown. */
  #publish(look: Look): void {
    const shown = new Map<AppId, string>();
    for (const [id, outlook] of look.outlook.apps) {
      const app = this.#statusOf(outlook, look);
      const text = JSON.stringify(app);
      shown.set(id, text);
      if (this.#shown.get(id) !== text) this.#events.send({ type: "state", app });
    }
    for (const id of this.#shown.keys()) {
      if (!shown.has(id)) this.#events.send({ type: "state", app: absentStatus(id, look) });
    }
    this.#shown = shown;
  }
}

function stale(id: string): ArcError {
  return new ArcError("ARC_PLAN_STALE", `plan ${id} no longer holds: something has changed since it was made`);
}

function absentStatus(app: string, look: Look | null): AppStatus {
  const manifest = look?.desire.catalogue.get(app)?.manifest;
  const known = manifest?.ok ? manifest.value : null;
  return {
    id: appId(app),
    name: known?.name ?? app,
    version: known?.version ?? "",
    state: "absent",
    reason: known ? "it is in the catalogue and not installed" : "it is not on this node",
    since: look?.at ?? 0,
    generation: 0,
    available: null,
    notices: [],
    url: null,
    progress: null,
    containers: [],
  };
}
