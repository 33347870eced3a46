import { describe, expect, test } from "vitest";
import type { NodeEvent } from "../../src/rpc/node-api.ts";
import { RICH, appText, consumerText, providerText } from "./apps.ts";
import { ask, begin, cancel, DATA, end, FAR, far, look, nodeWith, slow, slowPull } from "./asking.ts";
import { NGINX, type SimulatedNode } from "./simulated-node.ts";

describe("install", () => {
  test("answers at once, tells how far its pull is, and is done when the app is ready", async () => {
    const node = await slowPull();
    const events: NodeEvent[] = [];
    const stop = new AbortController();
    const following = (async () => {
      for await (const event of node.daemon.service.events(stop.signal)) events.push(event);
    })();
    const job = await begin(node, { kind: "install", apps: ["far"] });
    expect(job).toMatchObject({ kind: "install", apps: ["far"], actor: "dashboard", state: "running", fixed: null });
    await node.pass(30_000);
    expect(await look(node, job)).toMatchObject({
      state: "running",
      phase: "fetch",
      progress: { done: 0, total: 4, unit: "layers" },
    });
    expect(await end(node, job)).toMatchObject({
      state: "done",
      phase: "",
      progress: null,
      reason: "far is ready",
      fixed: "it is over: done",
    });
    stop.abort();
    await following;
    const told = events.flatMap((event) => (event.type === "job" ? [`${event.job.state} ${event.job.phase}`] : []));
    expect(new Set(told)).toEqual(
      new Set(["running wait", "running fetch", "running prepare", "running start", "done "]),
    );
    expect(node.entries().filter(({ detail }) => detail === job.id)).toMatchObject([
      { app: "far", actor: "dashboard", action: "app.install", result: "noted" },
      { app: "far", actor: "dashboard", action: "job.done", result: "ok" },
    ]);
  });

  test("brings what an app requires, and is one job", async () => {
    const node = await nodeWith({ catalogue: { base: providerText(), user: consumerText() } });
    const job = await begin(node, { kind: "install", apps: ["user"] });
    expect(job.apps).toEqual(["base", "user"]);
    expect(await end(node, job)).toMatchObject({ state: "done", reason: "base is ready, user is ready" });
  });

  test("of an app that fails again and again ends as failed, and the app stays wanted", async () => {
    const node = await nodeWith({ catalogue: { web: appText("web", { image: FAR }) } });
    node.engine.images.set(FAR, { behaviour: { does: "crash", times: 8 } });
    const job = await begin(node, { kind: "install", apps: ["web"] });
    const ended = await end(node, job);
    expect(ended.state).toBe("failed");
    expect(ended.reason).toMatch(/^web is failed: .*; it stays wanted, and the daemon goes on trying$/);
    expect(node.nodeFile.text).toContain("web");
    await node.pass(1_000_000);
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("of an app that crashes a moment after its start is not taken for done", async () => {
    const node = await nodeWith({ catalogue: { web: appText("web", { image: FAR }) } });
    node.engine.images.set(FAR, { behaviour: { does: "crash", after: 700 } });
    const job = await begin(node, { kind: "install", apps: ["web"] });
    expect((await end(node, job)).state).toBe("failed");
  });

  test("of an app that waits for another one that has failed ends as failed too", async () => {
    const node = await nodeWith({ catalogue: { base: providerText("base"), user: consumerText() } });
    node.prober.answer("base.g1", { outcome: "fail", detail: "no" });
    const job = await begin(node, { kind: "install", apps: ["user"] });
    expect((await end(node, job, 600_000)).reason).toMatch(/base is .*user is waiting: base must be ready first/);
  });

  test("that can't be said is refused, and there is no job", async () => {
    const node = await nodeWith({ catalogue: { far } });
    await expect(ask(node, { kind: "install", apps: ["nope"] })).rejects.toMatchObject({ code: "ARC_APP_UNKNOWN" });
    node.writeNode("apps: [");
    await expect(ask(node, { kind: "install", apps: ["far"] })).rejects.toMatchObject({ code: "ARC_NODE_INVALID" });
    expect(await node.clock.run(node.daemon.service.jobs({ limit: 10 }))).toEqual([]);
  });
});

describe("cancel", () => {
  test("of an install takes the app back, in the middle of its pull", async () => {
    const node = await slowPull("hangs");
    const before = node.nodeFile.text;
    const job = await begin(node, { kind: "install", apps: ["far"] });
    await node.pass(5_000);
    expect(await cancel(node, job)).toMatchObject({ state: "cancelled", phase: "" });
    expect(node.nodeFile.text.includes("far")).toBe(before.includes("far"));
    await node.settle();
    expect(node.engineStates()).toEqual({});
    await expect(cancel(node, job)).rejects.toMatchObject({ code: "ARC_JOB_FIXED" });
    await expect(node.clock.run(node.daemon.service.cancelJob("nope"))).rejects.toMatchObject({
      code: "ARC_JOB_UNKNOWN",
    });
  });

  test("of an install takes the app back while it starts, too, and leaves what was wanted before alone", async () => {
    const node = await nodeWith({ catalogue: { base: providerText(), user: consumerText() }, apps: { base: {} } });
    node.prober.answer("base.g1", { outcome: "fail", detail: "no" });
    node.engine.killPayload("base.g1");
    const job = await begin(node, { kind: "install", apps: ["user"] });
    await node.pass(2_000);
    expect(await look(node, job)).toMatchObject({ state: "running", fixed: null });
    await cancel(node, job);
    node.prober.answer("base.g1", null);
    await node.pass(120_000);
    expect(await node.states()).toEqual({ base: "ready" });
  });

  test("of an uninstall before its data is moved puts the entry back as it was", async () => {
    const node = await nodeWith({ catalogue: { web: slow("web") }, apps: { web: { settings: {} } } });
    node.trash.data.set("web", DATA);
    const before = node.nodeFile.text;
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    await node.pass(2_000);
    expect(await look(node, job)).toMatchObject({ state: "running", phase: "stop", fixed: null });
    expect(await cancel(node, job)).toMatchObject({ state: "cancelled" });
    expect(node.nodeFile.text).toBe(before);
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
    expect(node.trash.data.get("web")).toBe(DATA);
  });

  test("of a restart is refused", async () => {
    const node = await nodeWith({ catalogue: { web: slow("web") }, apps: { web: {} } });
    const job = await begin(node, { kind: "restart", apps: ["web"] });
    await expect(cancel(node, job)).rejects.toMatchObject({ code: "ARC_JOB_FIXED", message: /can't be undone/ });
    expect(await end(node, job)).toMatchObject({ state: "done", reason: "web is ready" });
  });
});

describe("a job outlives its daemon:", () => {
  test("an install goes on in the next one", async () => {
    const node = await slowPull();
    const job = await begin(node, { kind: "install", apps: ["far"] });
    await node.pass(5_000);
    node.kill9();
    node.start();
    await node.pass(5_000);
    expect(await look(node, job)).toMatchObject({ state: "running", phase: "fetch" });
    expect(await end(node, job, 120_000)).toMatchObject({ state: "done" });
  });

  test("one whose edit never came to node.yml ends as cancelled", async () => {
    const node = await nodeWith({ catalogue: { far } });
    const facts = { actor: "cli", state: "running", reason: "", createdAt: node.clock.now(), endedAt: null } as const;
    const note = { wants: {}, purge: false, moving: false, moved: {}, dropped: [], remarks: [] };
    node.jobs.save({ id: "install-1", kind: "install", apps: ["far"], request: {}, undo: [], note, ...facts });
    node.jobs.save({ id: "install-2", kind: "install", apps: ["far"], request: {}, undo: [], note: 7, ...facts });
    node.kill9();
    node.start();
    await node.settle();
    expect(node.jobs.get("install-1")).toMatchObject({ state: "cancelled", reason: /somebody took it back/ });
    expect(node.jobs.get("install-2")).toMatchObject({ state: "failed" });
  });
});

describe("the newest wish counts:", () => {
  test("an uninstall supersedes an install under way", async () => {
    const node = await slowPull("hangs");
    const first = await begin(node, { kind: "install", apps: ["far"] });
    await node.pass(2_000);
    const second = await begin(node, { kind: "uninstall", apps: ["far"] });
    expect(await look(node, first)).toMatchObject({
      state: "cancelled",
      reason: `superseded by uninstall of far (${second.id})`,
    });
    expect(await end(node, second)).toMatchObject({ state: "done" });
  });

  test("a stop ends a job as well; a retry does not", async () => {
    const node = await slowPull("hangs");
    const job = await begin(node, { kind: "install", apps: ["far"] });
    expect((await ask(node, { kind: "retry", apps: ["far"] })).job).toBeNull();
    expect(await look(node, job)).toMatchObject({ state: "running" });
    expect((await ask(node, { kind: "stop", apps: ["far"] })).job).toBeNull();
    expect(await look(node, job)).toMatchObject({ state: "cancelled", reason: "superseded by stop of far" });
  });

  test("an uninstall of two apps goes on with the one that nobody wants again", async () => {
    const catalogue = { web: slow("web"), other: slow("other") };
    const node = await nodeWith({ catalogue, apps: { web: {}, other: {} } });
    node.trash.data.set("web", DATA).set("other", DATA);
    const job = await begin(node, { kind: "uninstall", apps: ["web", "other"] });
    await begin(node, { kind: "install", apps: ["web"] });
    expect((await end(node, job)).state).toBe("done");
    await node.settle();
    expect([...node.trash.data.keys()]).toEqual(["web"]);
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("a hand that takes the app out of node.yml ends the job", async () => {
    const node = await slowPull("hangs");
    const job = await begin(node, { kind: "install", apps: ["far"] });
    await node.pass(1_000);
    node.want({}, { node: { name: "archy" } });
    expect(await end(node, job)).toMatchObject({ state: "cancelled", reason: /somebody took it back in node.yml/ });
  });
});

describe("update", () => {
  const v = (version: string, image = NGINX, update: object = { stable_for: "5s" }) =>
    appText("web", { image }, { version, update });
  const running = async (update?: object): Promise<SimulatedNode> => {
    const node = await nodeWith({ catalogue: { web: v("1", NGINX, update) }, apps: { web: {} } });
    node.engine.images.set(FAR, { present: false, pull: { takes: 5_000 } });
    return node;
  };

  test("writes the catalogue's version, goes through its phases and is done when it has proved itself", async () => {
    const node = await running();
    node.publish("web", v("2", FAR));
    await node.settle();
    const job = await begin(node, { kind: "update", apps: ["web"] });
    expect(node.nodeFile.text).toContain('version: "2"');
    const phases = new Set<string>();
    while ((await look(node, job)).state === "running") {
      phases.add((await look(node, job)).phase);
      await node.pass(250);
    }
    expect([...phases]).toEqual(expect.arrayContaining(["fetch", "prove"]));
    expect(await look(node, job)).toMatchObject({ state: "done", reason: "web is ready" });
    expect((await node.statusOf("web")).version).toBe("2");
  });

  test("that is asked for again while it is under way is followed, not called up to date", async () => {
    const node = await nodeWith({ catalogue: { web: appText("web") }, apps: { web: {} } });
    node.engine.images.set(FAR, { present: false, pull: { takes: 20_000 }, behaviour: { does: "serve" } });
    node.publish("web", appText("web", { image: FAR }, { version: "2.0.0" }));
    await node.settle();
    const first = await begin(node, { kind: "update", apps: ["web"] });
    await node.pass(3_000);
    const second = await begin(node, { kind: "update", apps: ["web"] });
    expect(await look(node, second)).toMatchObject({ state: "running", phase: "fetch" });
    expect(await look(node, first)).toMatchObject({ state: "cancelled" });
    expect(await end(node, second)).toMatchObject({ state: "done" });
    expect(await node.statusOf("web")).toMatchObject({ version: "2.0.0", rollout: null });
  });

  test("to a version that is older is neither offered nor done where its data forbids it", async () => {
    const text = (version: string) => appText("web", {}, { version, update: { rollback: "until-start" } });
    const node = await nodeWith({ catalogue: { web: text("2.10.0") }, apps: { web: {} } });
    node.publish("web", text("2.9.0"));
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({
      available: null,
      notices: ["the catalogue has version 2.9.0, which is older than 2.10.0 that runs"],
    });
    await expect(ask(node, { kind: "update", apps: ["web"] })).rejects.toThrow(/an older one may not run on its data/);
  });

  test("where nothing is available changes nothing and is done at once", async () => {
    const node = await running();
    const before = node.nodeFile.text;
    const { job, changed } = await ask(node, { kind: "update", apps: ["web"] });
    expect(changed).toEqual([]);
    expect(job).toMatchObject({ state: "done", reason: "web is up to date: version 1" });
    expect(node.nodeFile.text).toBe(before);
  });

  test("that fails comes back, says why, and is tried again when it is asked for again", async () => {
    const node = await running();
    node.engine.images.set(FAR, { present: true, behaviour: { does: "crash" } });
    node.publish("web", v("2", FAR));
    const job = await begin(node, { kind: "update", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({ state: "failed", reason: /version 2 failed/ });
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "1" });
    const explained = await node.clock.run(node.daemon.service.explain("web"));
    expect(explained.failure).toMatchObject({ version: "2" });
    node.engine.images.set(FAR, { behaviour: { does: "serve" } });
    const again = await begin(node, { kind: "update", apps: ["web"] });
    expect(node.nodeFile.text).toContain("retried_at");
    expect(await end(node, again)).toMatchObject({ state: "done" });
  });

  test("that is cancelled while it fetches goes back to what node.yml said", async () => {
    const node = await running();
    const before = node.nodeFile.text;
    node.engine.images.set(FAR, { present: false, pull: { takes: "hangs" } });
    node.publish("web", v("2", FAR));
    const job = await begin(node, { kind: "update", apps: ["web"] });
    await node.pass(2_000);
    await cancel(node, job);
    expect(node.nodeFile.text).toBe(before);
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "1", rollout: null });
  });

  test("whose manifest forbids to go back can't be cancelled once the new version has started", async () => {
    const node = await running({ stable_for: "60s", rollback: "until-start" });
    node.publish("web", v("2", FAR, { stable_for: "60s", rollback: "until-start" }));
    const job = await begin(node, { kind: "update", apps: ["web"] });
    expect((await look(node, job)).fixed).toBeNull();
    await node.until(() => node.engineStates()["web.g2"] === "running");
    await node.pass(2_000);
    await expect(cancel(node, job)).rejects.toMatchObject({ code: "ARC_JOB_FIXED", message: /has started/ });
    expect(await end(node, job, 120_000)).toMatchObject({ state: "done" });
  });
});

test("explain tells of the job, and neither of the two tells a secret", async () => {
  const node = await nodeWith({ catalogue: { rich: RICH } });
  node.secrets.set("rich-pass", "canary-in-a-coal-mine");
  await node.settle();
  node.prober.answer("rich.g1", { outcome: "fail", detail: "wrong password canary-in-a-coal-mine" });
  node.publish("rich", {
    ...RICH,
    "manifest.yml": RICH["manifest.yml"].replace(/^ {2}image:/m, "  health: {readiness: {tcp: {port: 80}}}\n  image:"),
  });
  const job = await begin(node, { kind: "install", apps: ["rich"] });
  await node.pass(20_000);
  const { sentences } = await node.clock.run(node.daemon.service.explain("rich"));
  const seen = await look(node, job);
  expect(sentences.join("\n")).toContain(`Job ${job.id} (install, by dashboard at `);
  expect(seen.reason).toContain("wrong password");
  expect(JSON.stringify([seen, sentences])).not.toContain("canary");
});

test("a plan tells what it costs", async () => {
  const node = await nodeWith({ catalogue: { web: appText("web") }, apps: { web: {} } });
  node.publish("web", appText("web", { image: FAR }, { version: "2" }));
  await node.settle();
  const { cost } = await node.clock.run(node.daemon.service.plan({ kind: "update", apps: ["web"] }));
  expect(cost).toMatchObject({
    images: [{ image: FAR, bytes: 10_000_000 }],
    disk: { needed: 10_000_000, free: 10 ** 12 },
  });
  expect(cost.downtime.map(({ app }) => app)).toEqual(["web"]);
});

test("while the engine is away a job says so", async () => {
  const node = await slowPull();
  node.engine.goAway();
  await node.pass(5_000);
  const job = await begin(node, { kind: "install", apps: ["far"] });
  expect(job).toMatchObject({ state: "running", phase: "wait", reason: /the engine is unavailable/ });
  node.engine.comeBack();
  expect(await end(node, job, 120_000)).toMatchObject({ state: "done" });
});
