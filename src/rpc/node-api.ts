import type { DiffEntry } from "../core/diff/diff.ts";
import type { HostFacts } from "../core/facts.ts";
import type { JobKind, JobView } from "../core/job/job.ts";
import type { JobQuery } from "../core/job/stored-job.ts";
import type { Hold } from "../core/plan/plan.ts";
import type { PlanView } from "../core/plan/plan-view.ts";
import type { Quarantine } from "../core/record/app-record.ts";
import type { AppStatus, NodeStatus } from "../core/status/status.ts";
import type { LogLine } from "../ports/engine.ts";
import type { HistoryEntry, HistoryQuery } from "../ports/history-store.ts";

export type { JobKind, JobView } from "../core/job/job.ts";
export type { JobQuery } from "../core/job/stored-job.ts";
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
   * longer holds. ARC_APP_UNKNOWN, ARC_APP_REQUIRED, ARC_ADOPT, ARC_TRASH. Answers with the apps it changed, required ones
   * included, and for what takes time with the job that follows it. `actor`: who says so, for the history.
   */
  edit(edit: DesiredEdit, plan?: string, actor?: Actor): Promise<EditResult>;
  /** Newest first. */
  jobs(query: JobQuery): Promise<readonly JobView[]>;
  /** ARC_JOB_UNKNOWN. */
  job(id: string): Promise<JobView>;
  /** Takes back what it asked for. ARC_JOB_UNKNOWN; ARC_JOB_FIXED where it is over or can't be undone any more. */
  cancelJob(id: string, actor?: Actor): Promise<JobView>;
  /** Foreign containers that look like an app's, with what differs; of one app, or of the whole catalogue. */
  adoptable(app?: string): Promise<readonly AdoptionView[]>;
  /** Data of apps that were uninstalled, newest first. */
  trash(): Promise<readonly TrashView[]>;
  /** Deletes for good. ARC_TRASH for an id that is none. Answers with what is gone. */
  emptyTrash(ids: readonly string[], actor?: Actor): Promise<readonly TrashView[]>;
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
  readonly kind: EditKind;
  /** `install` brings what they require. `adopt` takes exactly one. */
  readonly apps: readonly string[];
  /** install: bring back data from the trash first: the newest of each app, or the entry of that id. */
  readonly restore?: boolean | string;
  /** uninstall: delete the data instead of moving it to the trash. */
  readonly purge?: boolean;
  /** adopt: make containers anew that are not as the manifest says; their data stays where it is. */
  readonly replace?: boolean;
  /** adopt: names of foreign containers, where they can't be told by name. */
  readonly from?: readonly string[];
}

export type EditKind = JobKind | "start" | "stop" | "retry";
export type Actor = "cli" | "dashboard";

export interface EditResult {
  readonly changed: readonly string[];
  readonly plan: PlanView;
  /** null: nothing to wait for but the plan. */
  readonly job: JobView | null;
}

export interface AdoptionView {
  readonly app: string;
  /** The app's container that it looks like. */
  readonly container: string;
  /** Its name in the engine. */
  readonly name: string;
  readonly id: string;
  readonly image: string;
  readonly by: "name" | "image" | "both";
  readonly verdict: "equal" | "different" | "data-risk" | "other-program" | "ours";
  /** What it means, and what to do next. */
  readonly sentence: string;
  readonly diff: readonly DiffEntry[];
}

export interface TrashView {
  readonly id: string;
  readonly app: string;
  /** ms since the epoch when it was moved there. */
  readonly at: number;
  /** null: not measured yet. */
  readonly bytes: number | null;
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
  /** The generation that failed last, with what it said; null: none did. */
  readonly failure: Quarantine | null;
}

export interface LogEntry extends LogLine {
  readonly container: string;
}

export type NodeEvent =
  | { readonly type: "state"; readonly app: AppStatus }
  | { readonly type: "history"; readonly entry: HistoryEntry }
  | { readonly type: "job"; readonly job: JobView }
  | { readonly type: "engine"; readonly state: "available" | "unavailable" };
