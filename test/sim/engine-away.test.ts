import { describe, expect, test } from "vitest";
import { appText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

async function running(): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: appText("web") } });
  node.start();
  await node.settle();
  return node;
}

describe("an engine that goes away", () => {
  test("is a state: status says so and what was last seen, nothing is done, and it goes on when it is back", async () => {
    const node = await running();
    const before = node.identities();
    const since = node.clock.now();
    node.engine.goAway();
    await node.pass(3_000);
    const status = await node.status();
    expect(status.engine.state).toBe("unavailable");
    expect(status.notices).toEqual([expect.stringMatching(/^as last seen at /)]);
    expect(status.apps.map(({ state }) => state)).toEqual(["ready"]);
    await node.pass(3_600_000);
    expect(node.deeds(since)).toEqual(["engine.lost node"]);
    node.engine.killPayload("web.g1");
    node.engine.comeBack();
    await node.settle();
    expect((await node.status()).engine.state).toBe("available");
    expect(node.deeds(since).toSorted()).toEqual(["engine.found node", "engine.lost node", "start web"]);
    expect(Object.keys(node.identities())).toEqual(Object.keys(before));
  });

  test("is asked for every few seconds and said in the log once", async () => {
    const node = await running();
    node.engine.goAway();
    const lines = node.log.lines.length;
    await node.pass(3_600_000);
    expect(node.log.lines.length - lines).toBeLessThan(5);
    const back = node.clock.now();
    node.engine.comeBack();
    await node.until(() => node.daemon.link.status.state === "available");
    expect(node.clock.now() - back).toBeLessThanOrEqual(6_000);
  });

  test("in the middle of an install costs the app no pause", async () => {
    for (const nth of [1, 2, 3]) {
      const node = new SimulatedNode({
        catalogue: { web: appText("web") },
        costs: { createNetwork: 1_000, create: 1_000, start: 1_000 },
      });
      node.start();
      await node.pass(nth * 1_000 - 500);
      node.engine.restartService();
      await node.settle(20_000);
      expect(await node.states(), node.describe()).toEqual({ web: "ready" });
    }
  });

  test("before the daemon starts is waited for", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.engine.goAway();
    node.start();
    await node.pass(10_000);
    expect((await node.status()).engine.state).toBe("unavailable");
    node.engine.comeBack();
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("can be told what is wanted meanwhile", async () => {
    const node = await running();
    node.engine.goAway();
    await node.pass(3_000);
    const { plan } = await node.clock.run(node.daemon.service.edit({ kind: "stop", apps: ["web"] }));
    expect(plan.holds[0]?.reason).toMatch(/^the engine is unavailable/);
    expect(node.engineStates()).toEqual({ "web.g1": "running" });
    node.engine.comeBack();
    await node.settle();
    expect(node.engineStates()).toEqual({ "web.g1": "exited" });
  });
});

test("facts are told without the engine", async () => {
  const node = new SimulatedNode({ catalogue: { web: appText("web") }, node: { host: { host_ip: "192.0.2.77" } } });
  node.start();
  await node.settle();
  node.engine.goAway();
  await node.pass(2_000);
  const { facts, overridden } = await node.clock.run(node.daemon.service.facts());
  expect(facts.host_ip).toBe("192.0.2.77");
  expect(overridden).toEqual(["host_ip"]);
});

test("an engine that hangs is unavailable too, and answers again", async () => {
  const node = await running();
  node.engine.faults.fail("list", 1, "hang");
  node.daemon.reconciler.poke("now");
  await node.pass(31_000);
  expect(node.deeds()).toContain("engine.lost node");
  await node.settle();
  expect((await node.status()).engine.state).toBe("available");
});

test("a hint that comes while somebody else's look is under way is not lost", async () => {
  const node = new SimulatedNode({ catalogue: { web: appText("web") }, costs: { list: 1_000 } });
  node.start();
  await node.settle();
  await node.pass(5_000);
  const asked = node.daemon.service.status();
  await node.pass(500);
  node.want({ web: { state: "stopped" } });
  node.daemon.reconciler.poke("now");
  await node.pass(5_000);
  await asked;
  expect(node.engineStates()).toEqual({ "web.g1": "exited" });
});

test("lost events cost time and nothing else", async () => {
  const node = await running();
  node.engine.lies.eventLost = () => true;
  const killed = node.clock.now();
  node.engine.killPayload("web.g1");
  await node.until(() => node.engine.container("web.g1")?.state === "running");
  expect(node.clock.now() - killed).toBeLessThanOrEqual(66_000);
});

test("a reboot starts everything in order", async () => {
  const { consumerText, providerText } = await import("./apps.ts");
  const node = new SimulatedNode({ catalogue: { base: providerText(), user: consumerText(), web: appText("web") } });
  node.engine.images.set("docker.io/library/nginx:1.28", { behaviour: { does: "serve", readyAfter: 5_000 } });
  node.start();
  await node.settle();
  const ids = node.containersOf("user").map(({ id }) => id);
  node.kill9();
  node.engine.reboot();
  const since = node.clock.now();
  await node.pass(60_000);
  node.start();
  await node.settle();
  expect(node.deeds(since).filter((deed) => !deed.startsWith("engine"))).toEqual([
    "start base",
    "start web",
    "start user",
  ]);
  const [base, user] = ["start base", "start user"].map((deed) =>
    node.entries(since).find(({ action, app }) => `${action} ${app}` === deed),
  );
  expect((user?.at ?? 0) - (base?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
  expect(node.containersOf("user").map(({ id }) => id)).toEqual(ids);
  expect(await node.states()).toEqual({ base: "ready", user: "ready", web: "ready" });
  expect(node.entries(since).find(({ app }) => app === "web")?.diff).toEqual([
    { path: "state", desired: "running", observed: "created", origin: "outside", impact: "restart" },
  ]);
});
