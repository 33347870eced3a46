import { describe, expect, test } from "vitest";
import { appStatus } from "../../testkit/views.ts";
import { appId } from "../ids.ts";
import type { Action, Hold, Step } from "../plan/plan.ts";
import type { AppStatus, RolloutStatus } from "../status/status.ts";
import { fixedFor } from "./job-fixed.ts";
import { EMPTY_NOTE, type JobNote } from "./job-note.ts";
import { NOTHING_SEEN, type AppSight, type FetchProgress, type JobSight } from "./job-sight.ts";
import type { JobKind } from "./job.ts";
import { judgeJob, knowsOf, type RunningJob } from "./judge-job.ts";

const NOW = 100_000;
const ENTRY = { state: "running" } as const;

const job = (kind: JobKind, note: Partial<JobNote> = {}, apps: readonly string[] = ["web"]): RunningJob => ({
  kind,
  apps,
  note: { ...EMPTY_NOTE, ...note },
});

const seen = (said: Partial<AppSight>, app = "web"): AppSight => ({ app, ...NOTHING_SEEN, entry: ENTRY, ...said });
const sight = (apps: readonly AppSight[], fetching: readonly (readonly [string, FetchProgress])[] = []): JobSight => ({
  now: NOW,
  apps: new Map(apps.map((each) => [each.app, each])),
  fetching: new Map(fetching),
});

const status = (said: Partial<AppStatus>): AppStatus => appStatus("web", { reason: "so it is", ...said });
const step = (action: Action, said: Partial<Step> = {}): Step => ({
  app: appId("web"),
  container: "main",
  action,
  reason: "because",
  impact: "recreate",
  diff: [],
  waits: null,
  counts: false,
  ...said,
});
const START: Action = { op: "start", name: "web.g1" };
const hold = (kind: Hold["kind"], until?: number): Hold => ({
  app: appId("web"),
  kind,
  reason: "held up",
  ...(until !== undefined && { until }),
});
const rollout = (state: RolloutStatus["state"]): RolloutStatus => ({ state, from: "1", to: "2", reason: "rolls" });

describe("install:", () => {
  test.each<[string, Partial<AppSight>, object]>([
    ["ready", { status: status({}) }, { kind: "over", state: "done", reason: "web is ready" }],
    ["loading", { status: status({ state: "loading" }) }, { kind: "over", state: "done", reason: "web is loading" }],
    [
      "ready, and something is to be done about it",
      { status: status({}), steps: [step(START)] },
      { kind: "running", phase: "start" },
    ],
    ["ready, and being worked on", { status: status({}), busy: true }, { kind: "running", phase: "wait" }],
    [
      "ready, and what is to be done waits",
      { status: status({}), steps: [step(START, { waits: "later" })] },
      { kind: "over", state: "done" },
    ],
    ["not seen yet", {}, { kind: "over", state: "failed" }],
    [
      "starting",
      { status: status({ state: "starting" }) },
      { kind: "running", phase: "start", reason: "web: so it is" },
    ],
    [
      "failed, and tried again in a moment",
      { status: status({ state: "failed" }), holds: [hold("pause", NOW + 1_000)] },
      { kind: "running", phase: "wait" },
    ],
    [
      "failed, and tried again much later",
      { status: status({ state: "failed" }), holds: [hold("pause", NOW + 60_000)] },
      {
        kind: "over",
        state: "failed",
        reason: "web is failed: so it is; it stays wanted, and the daemon goes on trying",
      },
    ],
    [
      "in need of a person",
      { status: status({ state: "failed" }), holds: [hold("person")] },
      { kind: "over", state: "failed", reason: "web is failed: so it is; it stays wanted, and needs a person" },
    ],
    ["held", { status: status({ state: "held" }), holds: [hold("wait", NOW + 1)] }, { kind: "over", state: "failed" }],
    ["invalid", { status: status({ state: "invalid" }) }, { kind: "over", state: "failed" }],
    ["waiting for what does not come", { status: status({ state: "waiting" }) }, { kind: "over", state: "failed" }],
    [
      "proving itself",
      { status: status({ rollout: rollout("proving") }), holds: [hold("window", NOW + 60_000)] },
      { kind: "running", phase: "prove" },
    ],
    ["wanted no more", { entry: null }, { kind: "over", state: "cancelled" }],
    ["wanted stopped", { entry: { state: "stopped" } }, { kind: "over", state: "cancelled" }],
  ])("an app that is %s", (_what, said, expected) => {
    expect(judgeJob(job("install"), sight([seen(said)]))).toMatchObject(expected);
  });

  test("one that waits for an app that is on its way goes on", () => {
    const waiting = seen({ status: status({ state: "waiting" }) });
    const loading = seen({ status: appStatus("base", { state: "loading" }) }, "base");
    expect(judgeJob(job("install"), sight([waiting, loading]))).toMatchObject({ kind: "running", phase: "wait" });
  });

  test("one of two that is stuck ends it only when the other one has arrived", () => {
    const stuck = seen({ status: status({ state: "held" }) });
    const other = (said: Partial<AppStatus>) => seen({ status: appStatus("tor", said) }, "tor");
    const both = job("install", {}, ["web", "tor"]);
    expect(judgeJob(both, sight([stuck, other({ state: "starting" })]))).toMatchObject({ kind: "running" });
    expect(judgeJob(both, sight([stuck, other({})]))).toMatchObject({ state: "failed", reason: /^web is held/ });
  });

  test("a fetch is told in layers, summed over what is known", () => {
    const steps = [step({ op: "pull", image: "a" }), step({ op: "pull", image: "b" })];
    const judged = (fetching: readonly (readonly [string, FetchProgress])[]) =>
      judgeJob(job("install"), sight([seen({ status: status({ state: "starting" }), steps })], fetching));
    expect(
      judged([
        ["a", { done: 1, known: 3 }],
        ["b", { done: 2, known: 2 }],
        ["x", { done: 9, known: 9 }],
      ]),
    ).toMatchObject({
      phase: "fetch",
      progress: { done: 3, total: 5, unit: "layers" },
    });
    expect(judged([["a", null]])).toMatchObject({ phase: "fetch", progress: null });
  });

  test("remarks are said when it is over", () => {
    const said = judgeJob(job("install", { remarks: ["by the way"] }), sight([seen({ status: status({}) })]));
    expect(said).toMatchObject({ reason: "web is ready; by the way" });
  });
});

describe("an app that has just been started", () => {
  const container = { container: "main", name: "n", id: "i", generation: 1, image: "x", exitCode: null, ports: [] };
  const passed = { probe: "readiness", outcome: "pass", detail: "", at: 0 };
  test.each<[string, Partial<AppStatus["containers"][number]>, object]>([
    ["is not believed yet", { startedAt: NOW - 500 }, { kind: "running", phase: "prove", lookAt: NOW + 1_500 }],
    ["is believed after a while", { startedAt: NOW - 2_000 }, { state: "done" }],
    ["is believed where a probe has passed", { startedAt: NOW - 500, probes: [passed] }, { state: "done" }],
    ["is believed where it is a one-shot that has ended", { startedAt: NOW - 5, state: "exited" }, { state: "done" }],
    ["is believed where the clock was turned back", { startedAt: NOW + 90_000 }, { state: "done" }],
  ])("%s", (_what, said, expected) => {
    const containers = [{ ...container, state: "running", startedAt: 0, probes: [], ...said }];
    expect(judgeJob(job("install"), sight([seen({ status: status({ containers }) })]))).toMatchObject(expected);
  });
});

describe("update:", () => {
  const update = job("update", { wants: { web: "2" } });
  const entry = { ...ENTRY, version: "2" };
  test.each<[string, Partial<AppSight>, object]>([
    ["has the version", { status: status({ version: "2" }) }, { state: "done" }],
    [
      "fetches",
      { status: status({ rollout: rollout("fetching") }) },
      { kind: "running", phase: "fetch", reason: "web: rolls" },
    ],
    [
      "fetches, but the registry is away for long",
      { status: status({ rollout: rollout("fetching") }), holds: [hold("pause", NOW + 60_000)] },
      { state: "failed", reason: "web does not get on: rolls; it stays wanted, and the daemon goes on trying" },
    ],
    ["has no room", { status: status({ rollout: rollout("fetching") }), holds: [hold("disk")] }, { state: "failed" }],
    [
      "switches",
      { status: status({ state: "starting", rollout: rollout("switching") }) },
      { kind: "running", phase: "start" },
    ],
    ["came back", { status: status({ rollout: rollout("rolled-back") }) }, { state: "failed", reason: "web: rolls" }],
    [
      "is still on its way back",
      { status: status({ rollout: rollout("rolled-back") }), steps: [step(START)] },
      { kind: "running", phase: "start" },
    ],
    [
      "can't go back",
      { status: status({ state: "failed", rollout: rollout("stuck") }), holds: [hold("person")] },
      { state: "failed", reason: "web: rolls" },
    ],
    [
      "stays where it is",
      { status: status({ version: "1", notices: ["2 is gone"] }) },
      { state: "failed", reason: "web stays at version 1: 2 is gone" },
    ],
    ["is wanted in another version", { entry: { ...ENTRY, version: "3" } }, { state: "cancelled" }],
  ])("an app that %s", (_what, said, expected) => {
    expect(judgeJob(update, sight([seen({ entry, ...said })]))).toMatchObject(expected);
  });
});

test("a restart is done when there is nothing to do any more, whatever failed before it", () => {
  const restart = job("restart", { wants: { web: "T" } });
  const entry = { ...ENTRY, restarted_at: "T" };
  expect(
    judgeJob(restart, sight([seen({ entry, status: status({ rollout: rollout("rolled-back") }) })])),
  ).toMatchObject({
    state: "done",
  });
  expect(judgeJob(restart, sight([seen({ entry: ENTRY, status: status({}) })]))).toMatchObject({ state: "cancelled" });
});

describe("uninstall:", () => {
  const gone = seen({ entry: null });
  test.each<[string, Partial<JobNote>, Partial<AppSight>, object]>([
    [
      "containers are there",
      {},
      { present: true, steps: [step({ op: "stop", name: "n", grace: 1 })] },
      { kind: "running", phase: "stop" },
    ],
    ["containers are gone", {}, {}, { kind: "move", app: "web" }],
    [
      "something is still to be forgotten",
      {},
      { steps: [step({ op: "forget" })] },
      { kind: "running", phase: "remove" },
    ],
    ["a container can't be removed", {}, { present: true, holds: [hold("person")] }, { state: "failed" }],
    ["its data was moved", { moved: { web: "it lies there" } }, {}, { state: "done", reason: "it lies there" }],
    ["it is wanted again", {}, { entry: ENTRY }, { state: "cancelled" }],
    ["another wish has taken it over", { dropped: ["web"] }, {}, { state: "cancelled" }],
  ])("%s", (_what, note, said, expected) => {
    expect(judgeJob(job("uninstall", note), sight([{ ...gone, ...said }]))).toMatchObject(expected);
  });

  test("of two apps, one of which is wanted again, goes on with the other", () => {
    const both = job("uninstall", {}, ["web", "tor"]);
    const tor = { ...gone, app: "tor" };
    expect(judgeJob(both, sight([seen({}), tor]))).toEqual({ kind: "move", app: "tor" });
  });
});

test.each<[string, RunningJob, Partial<AppSight>, boolean]>([
  ["an install and a look that wants it", job("install"), {}, true],
  ["an install and a look from before", job("install"), { entry: null }, false],
  ["an uninstall and a look from before", job("uninstall"), {}, false],
  ["an uninstall and a look that does not want it", job("uninstall"), { entry: null }, true],
  ["a restart and a look from before", job("restart", { wants: { web: "T" } }), {}, false],
])("whether a look knows what was asked for: %s", (_what, running, said, expected) => {
  expect(knowsOf(running, sight([seen(said)]))).toBe(expected);
});

describe("whether there is a way back:", () => {
  const container = (generation: number, startedAt: number) => ({
    container: "main",
    name: `web.g${generation}`,
    id: "i",
    generation,
    state: "running",
    image: "x",
    startedAt,
    exitCode: null,
    ports: [],
    probes: [],
  });
  const before = { rollout: rollout("switching"), containers: [container(2, 0), container(1, 5)] };
  const after = { rollout: rollout("switching"), containers: [container(2, 9), container(1, 5)] };
  test.each<[string, RunningJob, Partial<AppSight>, RegExp | null]>([
    ["an install", job("install"), { status: status({}) }, null],
    ["a restart", job("restart"), {}, /can't be undone/],
    ["an uninstall", job("uninstall"), {}, null],
    ["an uninstall that has begun to move", job("uninstall", { moving: true }), {}, /in the trash/],
    ["a purge that has begun", job("uninstall", { moving: true, purge: true }), {}, /deleted/],
    ["a safe update that has started", job("update"), { rollback: "safe", status: status(after) }, null],
    ["another that has not", job("update"), { rollback: "until-start", status: status(before) }, null],
    ["another that has", job("update"), { rollback: "until-start", status: status(after) }, /has started/],
    ["one that may never go back", job("update"), { rollback: "never", status: status(after) }, /has started/],
    ["an adoption that fetches", job("adopt"), { steps: [step({ op: "pull", image: "a" })] }, null],
    ["an adoption that replaces", job("adopt"), { steps: [step(START)] }, /being replaced/],
  ])("%s", (_what, running, said, expected) => {
    const fixed = fixedFor(running, sight([seen(said)]));
    if (expected === null) expect(fixed).toBeNull();
    else expect(fixed).toMatch(expected);
  });
});
