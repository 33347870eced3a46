import type { DiffEntry } from "../core/diff/diff.ts";
import type { HostFacts } from "../core/facts.ts";
import type { Hold } from "../core/plan/plan.ts";
import type { PlanView } from "../core/plan/plan-view.ts";
import type { AppStatus, NodeStatus } from "../core/status/status.ts";
import type { LogLine } from "../ports/engine.ts";
import type { HistoryEntry, HistoryQuery } from "../ports/history-store.ts";

export type { HistoryEntry, HistoryQuery } from "../ports/history-store.ts";
export type { PlanStepView, PlanView } from "../core/plan/plan-view.ts";

/** What a daemon can be asked. The daemon implements it; the JSON-RPC server, client and command line carry it. */
export interface NodeApi {
  status(): Promise<NodeStatus>;
  facts(): Promise<FactsView>;
  /** What would be done now; with `edit`, what would be done if the desired state were edited so. Changes nothing. */
  plan(edit?: DesiredEdit): Promise<PlanView>;
  /**
   * Looks at once and dispatches the plan. With an id: ARC_PLAN_STALE where the world has moved on. Answers with the
   * plan it set going; a client follows it by status.
   */
  apply(id?: string): Promise<PlanView>;
  /**
   * Edits the desired state (node.yml) and looks at once. With `plan`: ARC_PLAN_STALE where the preview of that id no
   * longer holds. ARC_APP_UNKNOWN, ARC_APP_REQUIRED. Answers with the apps it changed, required ones included.
   */
  edit(edit: DesiredEdit, plan?: string): Promise<EditResult>;
  explain(app: string): Promise<Explanation>;
  history(query: HistoryQuery): Promise<readonly HistoryEntry[]>;
  logs(
    app: string,
    container: string | null,
    options: { readonly follow: boolean; readonly tail: number },
    signal: AbortSignal,
  ): AsyncIterable<LogEntry>;
  /** Something changed: a state, a history entry. Ends when the signal fires. */
  events(signal: AbortSignal): AsyncIterable<NodeEvent>;
}

/** What a person may ask of the desired state. */
export interface DesiredEdit {
  readonly kind: "install" | "uninstall" | "start" | "stop" | "restart";
  /** `install` brings what they require. */
  readonly apps: readonly string[];
}

export interface EditResult {
  readonly changed: readonly string[];
  readonly plan: PlanView;
}

export interface FactsView {
  /** What counts: detected, with node.yml's overrides over it. */
  readonly facts: HostFacts;
  readonly detected: HostFacts;
  readonly overridden: readonly (keyof HostFacts)[];
}

export interface Explanation {
  readonly status: AppStatus;
  /** What it is doing, since when, what it waits for, when it tries next. */
  readonly sentences: readonly string[];
  /** What is not as it should be at this moment. */
  readonly drift: readonly DiffEntry[];
  readonly holds: readonly Hold[];
  /** The last ten, newest first. */
  readonly decisions: readonly HistoryEntry[];
}

export interface LogEntry extends LogLine {
  readonly container: string;
}

export type NodeEvent =
  | { readonly type: "state"; readonly app: AppStatus }
  | { readonly type: "history"; readonly entry: HistoryEntry }
  | { readonly type: "engine"; readonly state: "available" | "unavailable" };
