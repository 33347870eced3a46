import { describe, expect, test } from "vitest";
import type { DesiredEdit, EditResult, JobView, NodeEvent } from "../../src/rpc/node-api.ts";
import { RICH, appText, consumerText, providerText } from "./apps.ts";
import { NGINX, SimulatedNode, type SimulatedNodeOptions } from "./simulated-node.ts";

const FAR = "example.org/far:1";
const far = appText("far", { image: FAR, health: { readiness: { tcp: { port: 80 }, interval: "2s", failures: 30 } } });
const DATA = 3_200_000_000;

/** Its containers take eight seconds to stop. */
const SLOW = "example.org/slow:1";
const slow = (id: string): string => appText(id, { image: SLOW });

/** A node with these apps in its catalogue, of which only `apps` are wanted, after it has come up. */
async function nodeWith(options: SimulatedNodeOptions): Promise<SimulatedNode> {
  const node = new SimulatedNode({ apps: {}, ...options });
  node.engine.images.set(SLOW, { behaviour: { does: "serve", stopTakes: 8_000 } });
  node.start();
  await node.settle();
  return node;
}

const ask = (node: SimulatedNode, edit: DesiredEdit): Promise<EditResult> =>
  node.clock.run(node.daemon.service.edit(edit, undefined, "dashboard"));

async function begin(node: SimulatedNode, edit: DesiredEdit): Promise<JobView> {
  const { job } = await ask(node, edit);
  if (!job) throw new Error("no job began");
  return job;
}

const look = (node: SimulatedNode, { id }: JobView): Promise<JobView> => node.clock.run(node.daemon.service.job(id));
const cancel = (node: SimulatedNode, { id }: JobView): Promise<JobView> =>
  node.clock.run(node.daemon.service.cancelJob(id));

/** How the job ended. */
async function end(node: SimulatedNode, job: JobView, limit = 60_000): Promise<JobView> {
  await node.until(() => node.jobs.get(job.id)?.state !== "running", limit);
  return look(node, job);
}

async function slowPull(takes: number | "hangs" = 60_000): Promise<SimulatedNode> {
  const node = await nodeWith({ catalogue: { far } });
  node.engine.images.set(FAR, {
    present: false,
    pull: { takes, layers: 4 },
    behaviour: { does: "serve", readyAfter: 4_000 },
  });
  return node;
}

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

describe("uninstall", () => {
  const installed = async (more: Partial<SimulatedNodeOptions> = {}): Promise<SimulatedNode> => {
    const node = await nodeWith({ catalogue: { web: appText("web") }, apps: { web: {} }, ...more });
    node.trash.data.set("web", DATA);
    return node;
  };

  test("moves the data to the trash once the containers are gone, and says how to have it back", async () => {
    const node = await installed();
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    const { state, reason } = await end(node, job);
    expect([state, reason]).toEqual([
      "done",
      "web is gone; its data (3.2 GB, of 2023-11-14) lies in the trash: `archipelago install web --restore` brings it back",
    ]);
    expect(node.engineStates()).toEqual({});
    expect(node.trash.data.has("web")).toBe(false);
    const trash = await node.clock.run(node.daemon.service.trash());
    expect(trash).toMatchObject([{ app: "web", bytes: DATA }]);
  });

  test("with purge deletes it", async () => {
    const node = await installed();
    const job = await begin(node, { kind: "uninstall", apps: ["web"], purge: true });
    expect(await end(node, job)).toMatchObject({ state: "done", reason: "web and its data are gone" });
    expect(await node.clock.run(node.daemon.service.trash())).toEqual([]);
    expect(node.trash.data.has("web")).toBe(false);
  });

  test("of an app without data says so", async () => {
    const node = await installed();
    node.trash.data.clear();
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect((await end(node, job)).reason).toBe("web is gone; it had no data");
  });

  test.each<[string, (node: SimulatedNode) => void]>([
    ["broken", (node) => node.publish("web", "id: [")],
    ["gone", (node) => node.catalogue.delete("web")],
  ])("works when the manifest is %s", async (_how, spoil) => {
    const node = await installed();
    spoil(node);
    await node.accepted.forget("web");
    await node.settle();
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({ state: "done" });
    expect(node.engineStates()).toEqual({});
    expect(node.trash.data.has("web")).toBe(false);
  });

  test("of an app that somebody took out of node.yml takes what is left of it, and its data", async () => {
    const node = await installed({ catalogue: { web: slow("web"), other: appText("other") } });
    node.want({ other: {} });
    await node.pass(1_000);
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({ state: "done" });
    expect(node.trash.data.has("web")).toBe(false);
  });

  test("of an app that others require is refused with the list", async () => {
    const catalogue = { base: providerText(), user: consumerText() };
    const node = await nodeWith({ catalogue, apps: { base: {}, user: {} } });
    await expect(ask(node, { kind: "uninstall", apps: ["base"] })).rejects.toMatchObject({
      code: "ARC_APP_REQUIRED",
      message: "base is required by user",
    });
  });

  test("whose app somebody wants again in node.yml is over, and the data stays", async () => {
    const node = await installed({ catalogue: { web: slow("web") } });
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    await node.pass(1_000);
    node.want({ web: {} });
    expect(await end(node, job)).toMatchObject({ state: "cancelled", reason: /wanted again/ });
    await node.settle();
    expect(node.trash.data.get("web")).toBe(DATA);
  });

  test("then install offers the data back, and with restore brings it", async () => {
    const node = await installed();
    await end(node, await begin(node, { kind: "uninstall", apps: ["web"] }));
    const fresh = await begin(node, { kind: "install", apps: ["web"] });
    expect(fresh.reason).toMatch(/data of an earlier installation of web \(3.2 GB, of 2023-11-14\) lies in the trash/);
    expect((await end(node, fresh)).reason).toMatch(/^web is ready; data of an earlier/);
    await end(node, await begin(node, { kind: "uninstall", apps: ["web"] }));
    const restored = await begin(node, { kind: "install", apps: ["web"], restore: true });
    expect(await end(node, restored)).toMatchObject({ state: "done", reason: "web is ready" });
    expect(node.trash.data.get("web")).toBe(DATA);
    await expect(ask(node, { kind: "install", apps: ["web"], restore: true })).rejects.toMatchObject({
      code: "ARC_TRASH",
    });
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

  test.each(["trash", "purge"] as const)(
    "an uninstall killed around each call ends with its data taken away: %s",
    async (how) => {
      for (let nth = 1; ; nth += 1) {
        const node = await nodeWith({ catalogue: { web: slow("web") }, apps: { web: {} } });
        node.trash.data.set("web", DATA);
        const job = await begin(node, { kind: "uninstall", apps: ["web"], purge: how === "purge" });
        let calls = 0;
        for (const method of ["put", "measure", "remove"] as const)
          killAround(node, method, () => (calls += 1) === nth);
        await node.pass(15_000);
        const killed = !node.alive;
        if (killed) {
          node.start();
          await node.pass(5_000);
        }
        expect(await look(node, job)).toMatchObject({ state: "done" });
        expect(node.trash.data.has("web")).toBe(false);
        expect((await node.trash.list()).length).toBe(how === "trash" ? 1 : 0);
        if (killed) continue;
        // Two calls, each killed before and after.
        expect(nth).toBe(5);
        break;
      }
    },
  );

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

/** The daemon dies in the chosen call: at one count before it is done, at the next after it. */
function killAround(node: SimulatedNode, method: "put" | "measure" | "remove", isNow: () => boolean): void {
  const { trash } = node;
  const original: (argument: string) => Promise<unknown> = trash[method].bind(trash);
  Object.defineProperty(trash, method, {
    configurable: true,
    value: async (argument: string) => {
      if (isNow()) node.kill9();
      if (!node.alive) return undefined;
      const result = await original(argument);
      if (isNow()) node.kill9();
      return result;
    },
  });
}
