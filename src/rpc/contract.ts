import * as z from "zod";
import type { ErrorCode } from "../core/errors/codes.ts";
import type { EditKind } from "./node-api.ts";
import { method, type Method } from "./method.ts";
import {
  adoptionView,
  editResult,
  explanation,
  factsView,
  historyEntry,
  jobView,
  nodeStatus,
  planView,
  trashView,
} from "./view-schemas.ts";

const app = z.string().min(1).max(64);
const apps = z.array(app).min(1).max(100).meta({ description: "Ids of apps." });
const planId = z.string().min(1).max(200);
const jobId = z.string().min(1).max(64);
const limit = z.int().min(1).max(1000).default(50);

const KINDS = [
  "install",
  "update",
  "uninstall",
  "adopt",
  "start",
  "stop",
  "restart",
  "retry",
] as const satisfies readonly EditKind[];

/** What an edit may say besides its apps, by the kind that knows it. */
const options = {
  restore: z
    .union([z.boolean(), z.string().min(1).max(200)])
    .exactOptional()
    .meta({ description: "Bring back data from the trash first: the newest of each app, or that entry." }),
  purge: z.boolean().exactOptional().meta({ description: "Delete the data instead of moving it to the trash." }),
  replace: z
    .boolean()
    .exactOptional()
    .meta({ description: "Make containers anew that are not as the manifest says. Their data stays where it is." }),
  from: z
    .array(z.string().min(1).max(255))
    .max(100)
    .exactOptional()
    .meta({ description: "Names of foreign containers, where they can't be told by name." }),
};

const EDIT_ERRORS = [
  "ARC_APP_UNKNOWN",
  "ARC_PLAN_STALE",
  "ARC_NODE_INVALID",
  "ARC_ENGINE_UNAVAILABLE",
] as const satisfies readonly ErrorCode[];

/** `app.install` and its like: each edits the desired state and answers with the plan that this set going. */
function editing<Kind extends EditKind, Shape extends z.ZodRawShape>(
  kind: Kind,
  summary: string,
  more: { readonly shape: Shape; readonly errors?: readonly ErrorCode[]; readonly one?: boolean },
) {
  const common = {
    apps: more.one === true ? apps.length(1) : apps,
    plan: planId.exactOptional().meta({ description: "The previewed plan's id: refused where it no longer holds." }),
  };
  return method({
    summary,
    params: z.strictObject({ ...common, ...more.shape }),
    result: editResult,
    errors: [...EDIT_ERRORS, ...(more.errors ?? [])],
    call: (api, params, actor) => {
      const { plan, ...wish } = z.object({ ...common, ...options }).parse(params);
      return api.edit({ kind, ...wish }, plan, actor);
    },
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
        .strictObject({ kind: z.enum(KINDS), apps, ...options })
        .exactOptional()
        .meta({ description: "Plan as if the desired state had been edited so." }),
    }),
    result: planView,
    errors: ["ARC_APP_UNKNOWN", "ARC_APP_REQUIRED", "ARC_ADOPT", "ARC_TRASH", "ARC_ENGINE_UNAVAILABLE"],
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
  "app.install": editing("install", "Wants apps, and what they require. A job follows it.", {
    shape: { restore: options.restore },
    errors: ["ARC_TRASH"],
  }),
  "app.update": editing("update", "Wants the catalogue's version of apps. A job follows it.", { shape: {} }),
  "app.uninstall": editing("uninstall", "No longer wants apps; their data goes to the trash. A job follows it.", {
    shape: { purge: options.purge },
    errors: ["ARC_APP_REQUIRED"],
  }),
  "app.adopt": editing("adopt", "Takes over foreign containers as one app. A job follows it.", {
    shape: { replace: options.replace, from: options.from },
    errors: ["ARC_ADOPT"],
    one: true,
  }),
  "app.start": editing("start", "Wants apps to run.", { shape: {} }),
  "app.stop": editing("stop", "Wants apps to be stopped.", { shape: {}, errors: ["ARC_APP_REQUIRED"] }),
  "app.restart": editing("restart", "Restarts the containers of apps once. A job follows it.", { shape: {} }),
  "app.retry": editing("retry", "Tries again at once what failed.", { shape: {} }),
  "app.adoptable": method({
    summary: "Foreign containers that look like an app's, and how they differ from its manifest.",
    params: z.strictObject({ app: app.exactOptional().meta({ description: "Default: the whole catalogue." }) }),
    result: z.array(adoptionView).readonly(),
    errors: ["ARC_APP_UNKNOWN", "ARC_ENGINE_UNAVAILABLE"],
    call: (api, params) => api.adoptable(params.app),
  }),
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
      limit,
    }),
    result: z.array(historyEntry).readonly(),
    errors: [],
    call: (api, params) => api.history(params),
  }),
  "job.list": method({
    summary: "What was asked for and takes time, newest first.",
    params: z.strictObject({ app: app.exactOptional(), limit }),
    result: z.array(jobView).readonly(),
    errors: [],
    call: (api, params) => api.jobs(params),
  }),
  "job.get": method({
    summary: "One job as it is now.",
    params: z.strictObject({ id: jobId }),
    result: jobView,
    errors: ["ARC_JOB_UNKNOWN"],
    call: (api, params) => api.job(params.id),
  }),
  "job.cancel": method({
    summary: "Takes back what a job asked for. Answers as soon as node.yml says so.",
    params: z.strictObject({ id: jobId }),
    result: jobView,
    errors: ["ARC_JOB_UNKNOWN", "ARC_JOB_FIXED", "ARC_NODE_INVALID"],
    call: (api, params, actor) => api.cancelJob(params.id, actor),
  }),
  "trash.list": method({
    summary: "Data of apps that were uninstalled, newest first.",
    params: z.strictObject({}),
    result: z.array(trashView).readonly(),
    errors: [],
    call: (api) => api.trash(),
  }),
  "trash.empty": method({
    summary: "Deletes data from the trash for good. Answers with what is gone.",
    params: z.strictObject({
      ids: z.array(z.string().min(1).max(255)).min(1).max(1000).meta({ description: "Ids that trash.list gave." }),
    }),
    result: z.array(trashView).readonly(),
    errors: ["ARC_TRASH"],
    call: (api, params, actor) => api.emptyTrash(params.ids, actor),
  }),
} as const satisfies Record<`${string}.${string}`, Method>;

export type MethodName = keyof typeof CONTRACT;
/** What a caller writes; defaults may be left out. */
export type MethodParams<Name extends MethodName> = z.input<(typeof CONTRACT)[Name]["params"]>;
export type MethodResult<Name extends MethodName> = z.output<(typeof CONTRACT)[Name]["result"]>;

export function findMethod(name: string): Method | undefined {
  return Object.entries(CONTRACT).find(([known]) => known === name)?.[1];
}
