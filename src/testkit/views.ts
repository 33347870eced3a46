import { appId } from "../core/ids.ts";
import type { JobView } from "../core/job/job.ts";
import type { PlanStepView, PlanView } from "../core/plan/plan-view.ts";
import type { AppStatus } from "../core/status/status.ts";
import type { HistoryEntry } from "../ports/history-store.ts";

/** An app that is ready, unless said otherwise. */
export function appStatus(id: string, said: Partial<AppStatus> = {}): AppStatus {
  return {
    id: appId(id),
    name: id,
    version: "1.0.0",
    state: "ready",
    reason: "it answers",
    since: 0,
    generation: 1,
    available: null,
    notices: [],
    rollout: null,
    url: null,
    progress: null,
    containers: [],
    ...said,
  };
}

/** A step that creates the app's one container, unless said otherwise. */
export function planStep(app: string, said: Partial<PlanStepView> = {}): PlanStepView {
  return {
    app,
    container: "main",
    op: "create",
    reason: "it is not there",
    impact: "recreate",
    diff: [],
    waits: null,
    ...said,
  };
}

/** A plan with nothing to do, unless said otherwise. */
export function planView(said: Partial<PlanView> = {}): PlanView {
  const cost = { images: [], disk: { needed: 0, free: null }, downtime: [] };
  return { id: "p1", steps: [], holds: [], cost, ...said };
}

/** An install that has just begun, unless said otherwise. */
export function jobView(said: Partial<JobView> = {}): JobView {
  return {
    id: "job-1",
    kind: "install",
    apps: ["lnd"],
    actor: "cli",
    state: "running",
    phase: "wait",
    progress: null,
    reason: "it has just begun",
    createdAt: 0,
    endedAt: null,
    fixed: null,
    ...said,
  };
}

/** A start that went well, unless said otherwise. */
export function historyEntry(said: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    at: 0,
    app: "lnd",
    container: "main",
    actor: "reconcile",
    action: "start",
    reason: "it does not run",
    result: "ok",
    detail: "",
    diff: [],
    duration: 0,
    ...said,
  };
}
