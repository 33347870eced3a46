import { expect, test } from "vitest";
import { appId } from "../core/ids.ts";
import type { AppState, RolloutStatus } from "../core/status/status.ts";
import { ScriptedNodeApi } from "../testkit/scripted-node-api.ts";
import { runCommand } from "../testkit/scripted-io.ts";
import { servedNode } from "../testkit/served-node.ts";
import { appStatus, planStep, planView } from "../testkit/views.ts";

/** A node with one app in `from`, which goes through `states` once something is set going. */
function nodeWith(from: AppState, ...states: AppState[]): ScriptedNodeApi {
  const api = new ScriptedNodeApi(
    appStatus("lnd", { state: from, url: "http://192.0.2.7:3006", reason: `it is ${from}` }),
  );
  api.scripts.set("lnd", states);
  api.planned = planView({ steps: [planStep("lnd")] });
  return api;
}

const PLAN = "plan p1\n+ create lnd  recreate  it is not there\n";

test("install --yes asks nothing and follows its job, a line for each change", async () => {
  const api = nodeWith("absent", "waiting", "starting", "ready");
  api.work.steps.push(
    { phase: "fetch", progress: { done: 3, total: 7, unit: "layers" }, reason: "its image comes" },
    { phase: "prove", progress: null, reason: "it has to go on for a while" },
  );
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["install", "lnd", "--yes"], served);
  expect(stdout).toBe(
    `${PLAN}install lnd: fetch 3/7 layers: its image comes\n` +
      "install lnd: prove: it has to go on for a while\n" +
      "install lnd: done. install is done\n  lnd 1.0.0 is ready  http://192.0.2.7:3006\n",
  );
  expect(code).toBe(0);
  expect(api.edits).toEqual([{ kind: "install", apps: ["lnd"] }]);
});

test("with --json the answer is one document, when the job is over", async () => {
  const api = nodeWith("absent", "starting", "ready");
  await using served = await servedNode(api);
  const { code, stdout, stderr } = await runCommand(["install", "lnd", "--yes", "--json"], served);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    changed: ["lnd"],
    plan: api.planned,
    job: { id: "job-1", kind: "install", state: "done" },
    apps: [{ id: "lnd", state: "ready" }],
    failures: [],
    trash: [],
  });
});

test.each([["install"], ["uninstall"], ["update"], ["adopt"]])(
  "%s without a terminal and without --yes changes nothing",
  async (verb) => {
    const api = nodeWith("ready");
    await using served = await servedNode(api);
    for (const options of [[], ["--json"]]) {
      const { code, stdout, stderr } = await runCommand([verb, "lnd", ...options], served);
      expect(code).toBe(2);
      expect(stdout + stderr).toContain(`archipelago ${verb} --yes lnd`);
    }
    expect(api.edits).toEqual([]);
  },
);

test.each([
  ["y", 0, 1],
  ["n", 1, 0],
  ["\u0003", 1, 0],
])("on a terminal the plan is shown and %j is taken for an answer", async (typed, code, edits) => {
  const api = nodeWith("absent", "ready");
  await using served = await servedNode(api);
  const done = await runCommand(["install", "lnd"], { ...served, columns: 100, typed });
  expect(done.plain).toContain(PLAN);
  expect(done.plain).toContain("Install lnd?");
  expect(done.code).toBe(code);
  expect(api.edits).toHaveLength(edits);
  if (edits === 0) expect(done.plain).toContain("Nothing was changed.");
});

test("what was previewed and no longer holds is not done", async () => {
  const api = nodeWith("absent", "ready");
  const plan = api.plan.bind(api);
  api.plan = async (edit) => {
    const shown = await plan(edit);
    api.planned = { ...api.planned, id: "p2" };
    return shown;
  };
  await using served = await servedNode(api);
  const { code, stderr } = await runCommand(["install", "lnd"], { ...served, columns: 100, typed: "y" });
  expect(code).toBe(1);
  expect(stderr).toContain("Plan p1 no longer holds");
  expect(api.edits).toEqual([]);
});

test("--no-wait leaves the rest to the daemon", async () => {
  const api = nodeWith("absent", "starting", "ready");
  await using served = await servedNode(api);
  expect(await runCommand(["install", "lnd", "--yes", "--no-wait"], served)).toMatchObject({
    code: 0,
    stdout: "install: lnd. The daemon goes on with it. archipelago jobs watch job-1\n",
  });
});

test.each<[string, AppState, AppState[], string]>([
  ["start", "stopped", ["starting", "ready"], "Ready."],
  ["stop", "ready", ["stopped"], "Stopped."],
  ["restart", "ready", ["starting", "ready"], "restart lnd: done."],
  ["retry", "failed", ["starting", "ready"], "Everything is as it should be."],
])("%s asks nothing and waits", async (verb, from, states, words) => {
  const api = nodeWith(from, ...states);
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand([verb, "lnd"], served);
  expect(stdout).toContain(words);
  expect(code).toBe(0);
  expect(api.edits).toEqual([{ kind: verb, apps: ["lnd"] }]);
});

test.each<[AppState]>([["failed"], ["held"], ["invalid"]])("an app that ends up %s is exit 1", async (state) => {
  const api = nodeWith("absent", "starting", state);
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["install", "lnd", "--yes"], served);
  expect(code).toBe(1);
  expect(stdout).toContain(`  lnd is ${state}: it is ${state}\n  Why: archipelago explain lnd.`);
  const started = nodeWith("stopped", "starting", state);
  await using other = await servedNode(started);
  const start = await runCommand(["start", "lnd"], other);
  expect(start.code).toBe(1);
  expect(start.stdout).toContain(`lnd is ${state}: it is ${state}\n  archipelago explain lnd\n`);
});

test("an app that waits while nothing else moves is not waited for", async () => {
  const api = nodeWith("stopped", "waiting");
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["start", "lnd"], served);
  expect(code).toBe(1);
  expect(stdout).toContain("lnd is waiting: it is waiting");
});

test("an app that takes longer than --timeout is ARC_TIMEOUT, with what it is at", async () => {
  await using served = await servedNode(nodeWith("stopped", "loading"));
  const { code, stderr } = await runCommand(["start", "lnd", "--timeout", "30ms"], served);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^archipelago: lnd is loading after 0s\.\n.*work goes on in the daemon/);
});

test("an interrupt ends the waiting and nothing else", async () => {
  await using served = await servedNode(nodeWith("stopped", "starting"));
  const { code, stderr } = await runCommand(["start", "lnd"], { ...served, interrupt: AbortSignal.abort() });
  expect(code).toBe(1);
  expect(stderr).toContain("interrupted");
});

test("on a terminal the progress is drawn in place", async () => {
  const api = nodeWith("absent", "starting", "ready");
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["install", "lnd", "--yes"], { ...served, columns: 100 });
  expect(code).toBe(0);
  // Up over the two lines drawn before, and everything below cleared.
  expect(stdout).toContain("\u001b[2A\u001b[0J");
});

test("apply does the plan and waits until it is done", async () => {
  const api = nodeWith("ready", "starting", "ready");
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["apply", "--plan", "p1"], served);
  expect(stdout).toBe(
    `${PLAN}lnd: starting: it is starting\nlnd: ready: it is ready\nEverything is as it should be.\n  lnd  http://192.0.2.7:3006\n`,
  );
  expect(code).toBe(0);
  expect(api.applied).toEqual(["p1"]);
});

test.each<[AppState, number]>([
  ["loading", 0],
  ["stopped", 0],
  ["held", 3],
  ["failed", 1],
])("apply that ends with an app %s is exit %i", async (state, code) => {
  await using served = await servedNode(nodeWith("ready", state));
  expect(await runCommand(["apply"], served)).toMatchObject({ code });
});

test.each<[RolloutStatus["state"], number, string]>([
  ["rolled-back", 1, "lnd: rolled back to 1.0.0: it exited with 3\n"],
  ["stuck", 1, "lnd: not rolled back, it stays at 1.1.0: it exited with 3\n"],
])("a retry that ends %s is exit %i, although something runs", async (state, code, words) => {
  const rollout = { state, from: "1.0.0", to: "1.1.0", reason: "it exited with 3" };
  const api = new ScriptedNodeApi(appStatus("lnd", { rollout }));
  await using served = await servedNode(api);
  const done = await runCommand(["retry", "lnd"], served);
  expect(done.stdout).toContain(words);
  expect(done.code).toBe(code);
});

test("apply of an empty plan is done at once, or pending where something is held", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  expect(await runCommand(["apply"], served)).toMatchObject({ code: 0, stdout: "plan p1\nnothing to do\n" });
  api.planned = planView({ holds: [{ app: appId("lnd"), kind: "wait", reason: "it waits" }] });
  expect(await runCommand(["apply"], served)).toMatchObject({ code: 3 });
});

test("apply of a plan that no longer holds is exit 1", async () => {
  await using served = await servedNode(nodeWith("ready"));
  const { code, stderr } = await runCommand(["apply", "--plan", "old"], served);
  expect(code).toBe(1);
  expect(stderr).toContain("Look at the plan again");
});
