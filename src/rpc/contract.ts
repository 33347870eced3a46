import * as z from "zod";
import type { ErrorCode } from "../core/errors/codes.ts";
import type { DesiredEdit } from "./node-api.ts";
import { method, type Method } from "./method.ts";
import { editResult, explanation, factsView, historyEntry, nodeStatus, planView } from "./view-schemas.ts";

const app = z.string().min(1).max(64);
const apps = z.array(app).min(1).max(100);
const planId = z.string().min(1).max(200);

const KINDS = ["install", "uninstall", "start", "stop", "restart"] as const satisfies readonly DesiredEdit["kind"][];

const EDIT_ERRORS = [
  "ARC_APP_UNKNOWN",
  "ARC_PLAN_STALE",
  "ARC_NODE_INVALID",
  "ARC_ENGINE_UNAVAILABLE",
] as const satisfies readonly ErrorCode[];

/** `app.install` and its like: each edits the desired state and answers with the plan that this set going. */
function editing(kind: DesiredEdit["kind"], summary: string, errors: readonly ErrorCode[] = EDIT_ERRORS) {
  return method({
    summary,
    params: z.strictObject({
      apps: apps.meta({ description: "Ids of apps." }),
      plan: planId.exactOptional().meta({ description: "The previewed plan's id: refused where it no longer holds." }),
    }),
    result: editResult,
    errors,
    call: (api, params) => api.edit({ kind, apps: params.apps }, params.plan),
  });
}

/**
 * Every JSON-RPC method of a node. The server dispatches by this table, the client checks answers against it, and
 * docs/rpc.md is printed from it: a method that is not here does not exist.
 */
export const CONTRACT = {
  "node.status": method({
    summary: "The node, its engine and every app, as they are now.",
    params: z.strictObject({}),
    result: nodeStatus,
    errors: [],
    call: (api) => api.status(),
  }),
  "node.facts": method({
    summary: "The host facts that manifests are resolved with.",
    params: z.strictObject({}),
    result: factsView,
    errors: [],
    call: (api) => api.facts(),
  }),
  "plan.get": method({
    summary: "What would be done now, or after an edit of the desired state. Changes nothing.",
    params: z.strictObject({
      edit: z
        .strictObject({ kind: z.enum(KINDS), apps })
        .exactOptional()
        .meta({ description: "Plan as if the desired state had been edited so." }),
    }),
    result: planView,
    errors: ["ARC_APP_UNKNOWN", "ARC_APP_REQUIRED", "ARC_ENGINE_UNAVAILABLE"],
    call: (api, params) => api.plan(params.edit),
  }),
  "plan.apply": method({
    summary: "Looks at once and dispatches the plan. Answers with the plan it set going; follow it by node.status.",
    params: z.strictObject({
      plan: planId.exactOptional().meta({ description: "Apply this plan or none: refused where it no longer holds." }),
    }),
    result: planView,
    errors: ["ARC_PLAN_STALE", "ARC_ENGINE_UNAVAILABLE"],
    call: (api, params) => api.apply(params.plan),
  }),
  "app.install": editing("install", "Wants apps, and what they require."),
  "app.uninstall": editing("uninstall", "No longer wants apps. Their data stays.", [
    ...EDIT_ERRORS,
    "ARC_APP_REQUIRED",
  ]),
  "app.start": editing("start", "Wants apps to run."),
  "app.stop": editing("stop", "Wants apps to be stopped.", [...EDIT_ERRORS, "ARC_APP_REQUIRED"]),
  "app.restart": editing("restart", "Restarts the containers of apps once."),
  "app.explain": method({
    summary: "What an app is doing and why, what differs, and what was decided lately.",
    params: z.strictObject({ app }),
    result: explanation,
    errors: ["ARC_APP_UNKNOWN"],
    call: (api, params) => api.explain(params.app),
  }),
  "history.list": method({
    summary: "What was done and why, newest first.",
    params: z.strictObject({
      app: app.exactOptional(),
      since: z.int().min(0).exactOptional().meta({ description: "Milliseconds since the epoch." }),
      limit: z.int().min(1).max(1000).default(50),
    }),
    result: z.array(historyEntry).readonly(),
    errors: [],
    call: (api, params) => api.history(params),
  }),
} as const satisfies Record<`${string}.${string}`, Method>;

export type MethodName = keyof typeof CONTRACT;
/** What a caller writes; defaults may be left out. */
export type MethodParams<Name extends MethodName> = z.input<(typeof CONTRACT)[Name]["params"]>;
export type MethodResult<Name extends MethodName> = z.output<(typeof CONTRACT)[Name]["result"]>;

export function findMethod(name: string): Method | undefined {
  return Object.entries(CONTRACT).find(([known]) => known === name)?.[1];
}
