import * as z from "zod";
import { IMPACTS, type DiffEntry } from "../core/diff/diff.ts";
import { appId } from "../core/ids.ts";
import { JOB_KINDS, type JobView } from "../core/job/job.ts";
import { HOLD_KINDS, type Hold } from "../core/plan/plan.ts";
import type { PlanCost } from "../core/plan/plan-view.ts";
import type { Quarantine } from "../core/record/app-record.ts";
import {
  APP_STATES,
  ROLLOUT_STATES,
  type AppStatus,
  type ContainerStatus,
  type NodeStatus,
  type RolloutStatus,
} from "../core/status/status.ts";
import type { HistoryEntry } from "../ports/history-store.ts";
import type {
  AdoptionView,
  EditResult,
  Explanation,
  FactsView,
  LogEntry,
  NodeEvent,
  PlanStepView,
  PlanView,
  TrashView,
} from "./node-api.ts";
import { matching } from "./matching-schema.ts";

const moment = z.int().meta({ description: "Milliseconds since the epoch." });
const id = z.string().transform(appId).meta({ description: "An app's id." });

const diffEntry = matching<DiffEntry>()(
  z.object({
    path: z.string().meta({ description: "The field, such as env.HOST." }),
    desired: z.string().nullable().meta({ description: "null: should not be there." }),
    observed: z.string().nullable().meta({ description: "null: is not there." }),
    origin: z
      .union([
        z.enum(["outside", "manifest", "node"]),
        z.templateLiteral(["fact:", z.string()]),
        z.templateLiteral(["setting:", z.string()]),
        z.templateLiteral(["secret:", z.string()]),
        z.templateLiteral(["requires:", z.string()]),
      ])
      .meta({ description: "Who made the difference." }),
    impact: z.enum(IMPACTS),
    cause: z
      .object({ from: z.string(), to: z.string() })
      .exactOptional()
      .meta({ description: "What the fact or setting was and is." }),
  }),
).meta({ id: "DiffEntry" });

const hold = matching<Hold>()(
  z.object({
    app: id,
    kind: z.enum(HOLD_KINDS).meta({ description: "What it waits for: person means that nothing else helps." }),
    reason: z.string(),
    until: moment.exactOptional(),
  }),
).meta({ id: "Hold" });

const planStep = matching<PlanStepView>()(
  z.object({
    app: z.string(),
    container: z.string().nullable().meta({ description: "null: the step is about the whole app." }),
    op: z.enum([
      "create-network",
      "remove-network",
      "pull",
      "build",
      "create",
      "start",
      "stop",
      "kill",
      "unpause",
      "remove",
      "connect",
      "disconnect",
      "render",
      "reload",
      "quarantine",
      "remove-image",
      "accept",
      "forget",
      "end-process",
    ]),
    reason: z.string(),
    impact: z.enum(IMPACTS),
    diff: z.array(diffEntry),
    waits: z.string().nullable().meta({ description: "What must come first; null: may be done now." }),
  }),
).meta({ id: "PlanStep" });

const planCost = matching<PlanCost>()(
  z.object({
    images: z
      .array(
        z.object({
          image: z.string(),
          bytes: z.number().nullable().meta({ description: "As far as it can be told before; null: it can't." }),
        }),
      )
      .meta({ description: "To be pulled or built." }),
    disk: z.object({
      needed: z.number().meta({ description: "Bytes, as far as they can be told." }),
      free: z.number().nullable().meta({ description: "Bytes; null where it is not known." }),
    }),
    downtime: z
      .array(
        z.object({
          app: z.string(),
          ms: z.number().nullable().meta({ description: "As long as it took the last time; null: never measured." }),
        }),
      )
      .meta({ description: "Apps that stop serving for a while." }),
  }),
).meta({ id: "PlanCost" });

export const planView = matching<PlanView>()(
  z.object({
    id: z.string().meta({ description: "The same desired and observed state give the same id." }),
    steps: z.array(planStep),
    holds: z.array(hold),
    cost: planCost.meta({ description: "An estimate, and no part of the id." }),
  }),
).meta({ id: "Plan" });

const containerStatus = matching<ContainerStatus>()(
  z.object({
    container: z.string(),
    name: z.string().meta({ description: "Its name in the engine." }),
    id: z.string(),
    generation: z.int(),
    state: z.string().meta({ description: "The engine's word, or `dead` where its process is gone." }),
    image: z.string(),
    startedAt: moment,
    exitCode: z.int().nullable(),
    ports: z.array(z.string()),
    probes: z.array(z.object({ probe: z.string(), outcome: z.string(), detail: z.string(), at: moment })),
  }),
).meta({ id: "ContainerStatus" });

const rollout = matching<RolloutStatus>()(
  z.object({
    state: z.enum(ROLLOUT_STATES),
    from: z.string(),
    to: z.string(),
    reason: z.string(),
  }),
).meta({ id: "Rollout" });

const appStatus = matching<AppStatus>()(
  z.object({
    id,
    name: z.string(),
    version: z.string(),
    state: z.enum(APP_STATES),
    reason: z.string().meta({ description: "A sentence, with the next attempt's time where there is one." }),
    since: moment,
    generation: z.int().meta({ description: "0 where there is none." }),
    available: z.string().nullable().meta({ description: "The version that an update would bring." }),
    notices: z.array(z.string()),
    rollout: rollout.nullable().meta({ description: "null: what runs is what is wanted." }),
    url: z.string().nullable(),
    progress: z.number().nullable().meta({ description: "0 to 1, while it loads and says how far it is." }),
    containers: z.array(containerStatus),
  }),
).meta({ id: "AppStatus" });

export const nodeStatus = matching<NodeStatus>()(
  z.object({
    node: z.object({ id: z.string(), name: z.string(), chain: z.string(), home: z.string(), pid: z.int() }),
    engine: z.discriminatedUnion("state", [
      z.object({ state: z.literal("available"), version: z.string(), since: moment }),
      z.object({ state: z.literal("unavailable"), reason: z.string(), since: moment }),
    ]),
    notices: z.array(z.string()),
    apps: z.array(appStatus),
  }),
).meta({ id: "NodeStatus" });

const facts = z
  .object({
    host_ip: z.string(),
    host_mdns: z.string(),
    host_name: z.string(),
    disk_gb: z.number(),
    memory_mb: z.number(),
    cpus: z.number(),
    arch: z.string(),
    timezone: z.string(),
  })
  .meta({ id: "HostFacts" });

export const factsView = matching<FactsView>()(
  z.object({
    facts: facts.meta({ description: "What counts." }),
    detected: facts,
    overridden: z.array(facts.keyof()).meta({ description: "Those that node.yml overrides." }),
  }),
).meta({ id: "Facts" });

export const historyEntry = matching<HistoryEntry>()(
  z.object({
    at: moment,
    app: z.string().nullable(),
    container: z.string().nullable(),
    actor: z.string().meta({ description: "cli, dashboard, reconcile, outside or daemon." }),
    action: z.string(),
    reason: z.string(),
    result: z.enum(["ok", "failed", "noted"]),
    detail: z.string(),
    diff: z.array(diffEntry),
    duration: z.number().meta({ description: "Milliseconds." }),
  }),
).meta({ id: "HistoryEntry" });

export const jobView = matching<JobView>()(
  z.object({
    id: z.string(),
    kind: z.enum(JOB_KINDS),
    apps: z.array(z.string()),
    actor: z.string().meta({ description: "Who asked: cli or dashboard." }),
    state: z.enum(["running", "done", "failed", "cancelled"]),
    phase: z.string().meta({ description: "fetch, prepare, stop, start, prove, remove, trash or wait; empty: over." }),
    progress: z
      .object({ done: z.number(), total: z.number(), unit: z.string() })
      .nullable()
      .meta({ description: "How far the phase is, where that is known." }),
    reason: z.string().meta({ description: "A sentence: what it is doing, or how it ended." }),
    createdAt: moment,
    endedAt: moment.nullable(),
    fixed: z.string().nullable().meta({ description: "Why it can't be cancelled; null: it can." }),
  }),
).meta({ id: "Job" });

export const editResult = matching<EditResult>()(
  z.object({
    changed: z.array(z.string()).meta({ description: "The apps it changed, required ones included." }),
    plan: planView,
    job: jobView.nullable().meta({ description: "null: nothing to wait for but the plan." }),
  }),
).meta({ id: "EditResult" });

export const adoptionView = matching<AdoptionView>()(
  z.object({
    app: z.string(),
    container: z.string().meta({ description: "The app's container that it looks like." }),
    name: z.string().meta({ description: "Its name in the engine." }),
    id: z.string(),
    image: z.string(),
    by: z.enum(["name", "image", "both"]),
    verdict: z.enum(["equal", "different", "data-risk", "other-program", "ours"]),
    sentence: z.string(),
    diff: z.array(diffEntry),
  }),
).meta({ id: "Adoption" });

export const trashView = matching<TrashView>()(
  z.object({
    id: z.string(),
    app: z.string(),
    at: moment,
    bytes: z.number().nullable().meta({ description: "null: not measured yet." }),
  }),
).meta({ id: "Trash" });

const quarantine = matching<Quarantine>()(
  z.object({
    containers: z.record(z.string(), z.string()).meta({ description: "Container to spec hash." }),
    version: z.string(),
    reason: z.string(),
    at: moment,
    failed: z.array(
      z.object({
        container: z.string(),
        name: z.string().meta({ description: "Its name in the engine." }),
        exitCode: z.int().nullable().meta({ description: "null: it did not end by itself." }),
        lines: z.array(z.string()).meta({ description: "What it said last, oldest first." }),
      }),
    ),
  }),
).meta({ id: "Quarantine" });

export const explanation = matching<Explanation>()(
  z.object({
    status: appStatus,
    sentences: z.array(z.string()),
    drift: z.array(diffEntry).meta({ description: "What is not as it should be at this moment." }),
    holds: z.array(hold),
    decisions: z.array(historyEntry).meta({ description: "The last ten, newest first." }),
    failure: quarantine.nullable().meta({ description: "The generation that failed last; null: none did." }),
  }),
).meta({ id: "Explanation" });

export const logEntry = matching<LogEntry>()(
  z.object({ container: z.string(), stream: z.enum(["stdout", "stderr"]), text: z.string() }),
).meta({ id: "LogEntry" });

export const nodeEvent = matching<NodeEvent>()(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("state"), app: appStatus }),
    z.object({ type: z.literal("history"), entry: historyEntry }),
    z.object({ type: z.literal("job"), job: jobView }),
    z.object({ type: z.literal("engine"), state: z.enum(["available", "unavailable"]) }),
  ]),
).meta({ id: "NodeEvent" });
