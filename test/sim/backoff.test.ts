import { describe, expect, test } from "vitest";
import { ArcError } from "../../src/core/errors/arc-error.ts";
import { appId } from "../../src/core/ids.ts";
import { appText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

/** Moments of an action, as pauses between them in seconds. */
function pauses(node: SimulatedNode, action: string): readonly number[] {
  const moments = node.history.entries.filter((entry) => entry.action === action).map(({ at }) => at);
  return moments.slice(1).map((at, index) => (at - (moments[index] ?? 0)) / 1_000);
}

/** 1, 2, 4 s ... 5 min; each up to a fifth longer, and a little for noticing. */
function expectEnvelope(seen: readonly number[], from = 1): void {
  let wanted = from;
  for (const pause of seen) {
    expect(pause).toBeGreaterThanOrEqual(wanted);
    expect(pause).toBeLessThanOrEqual(wanted * 1.2 + 0.3);
    wanted = Math.min(300, wanted * 2);
  }
}

describe("pauses between attempts", () => {
  test("a payload that is killed is started again at once", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.start();
    await node.settle();
    const killed = node.clock.now();
    node.engine.killPayload("web.g1");
    await node.until(() => node.engine.container("web.g1")?.state === "running");
    expect(node.clock.now() - killed).toBeLessThanOrEqual(250);
  });

  test("one that dies again and again is started at once, then after 1, 2, 4 s and so on to 5 min", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.engine.images.set(NGINX, { behaviour: { does: "exit", code: 1, after: 100 } });
    node.start();
    await node.pass(3_600_000);
    const [atOnce = 1, ...rest] = pauses(node, "start");
    expect(atOnce).toBeLessThan(0.5);
    expect(rest.length).toBeGreaterThan(15);
    expectEnvelope(rest);
    const { state, reason } = await node.statusOf("web");
    expect(state).toBe("failed");
    expect(reason).toMatch(/^web\.g1 exited with code 1; .*tries again at \d{4}-/);
  });

  test("one that the engine refuses to start gets the same pauses, whether it ran before or not", async () => {
    for (const ranBefore of [false, true]) {
      const node = new SimulatedNode({ catalogue: { web: appText("web") } });
      if (ranBefore) {
        node.start();
        await node.settle();
        node.history.entries.length = 0;
      }
      for (let start = 1; start <= 9; start++) {
        node.engine.faults.fail("start", start, "before", new ArcError("ARC_ENGINE_RUNTIME", "exec format error"));
      }
      if (ranBefore) node.engine.killPayload("web.g1");
      else node.start();
      await node.pass(900_000);
      const seen = pauses(node, "start");
      expect(seen).toHaveLength(9);
      expectEnvelope(seen);
      expect(await node.states()).toEqual({ web: "ready" });
    }
  });

  test("ten good minutes are forgiveness", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.start();
    await node.settle();
    for (let kill = 0; kill < 4; kill++) {
      node.engine.killPayload("web.g1");
      await node.until(() => node.engine.container("web.g1")?.state === "running");
    }
    expect(node.daemon.reconciler.memoryOf(appId("web")).backoff.attempts).toBe(4);
    await node.pass(680_000);
    const killed = node.clock.now();
    for (const soonest of [0, 1_000]) {
      node.engine.killPayload("web.g1");
      await node.until(() => node.engine.container("web.g1")?.state === "running");
      expect(node.clock.now() - killed).toBeGreaterThanOrEqual(soonest);
      expect(node.clock.now() - killed).toBeLessThanOrEqual(soonest * 1.2 + 500);
    }
  });

  test("a startup that takes its ten minutes to fail is not forgiven for them", async () => {
    const startup = { tcp: { port: 80 }, interval: "2s", failures: 330 } as const;
    const node = new SimulatedNode({ catalogue: { web: appText("web", { health: { startup } }) } });
    node.prober.answer("web.g1", { outcome: "fail", detail: "connection refused" });
    node.start();
    await node.pass(3 * 3_600_000);
    expect(pauses(node, "start").length).toBeGreaterThan(10);
    expect(node.daemon.reconciler.memoryOf(appId("web")).backoff.attempts).toBeGreaterThan(10);
  });

  test("a changed wish begins anew at once", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.engine.images.set(NGINX, {
      behaviour: ({ spec }) => ("GOOD" in spec.env ? { does: "serve" } : { does: "exit", code: 1, after: 0 }),
    });
    node.start();
    await node.pass(1_000_000);
    const since = node.clock.now();
    node.publish("web", appText("web", { env: { GOOD: "yes" } }));
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
    expect(node.clock.now() - since).toBeLessThan(5_000);
  });
});

describe("what fails while the app does its work is tried with pauses too:", () => {
  test("the accepted copy can't be written", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    let refusals = 0;
    const accept = node.accepted.accept.bind(node.accepted);
    node.accepted.accept = async (folder) => {
      if (++refusals <= 6) throw new ArcError("ARC_HOME", "no space left on device");
      await accept(folder);
    };
    node.start();
    await node.pass(10_000);
    expect(await node.statusOf("web")).toMatchObject({
      state: "ready",
      reason: expect.stringMatching(/no space left.*tries/),
    });
    await node.pass(110_000);
    expectEnvelope(pauses(node, "accept"));
    expect(node.accepted.accepted).toEqual(["web"]);
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("what is done without an error and without any effect", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.accepted.accept = async () => {};
    node.start();
    await node.pass(1_800_000);
    const [again = 1, ...rest] = pauses(node, "accept");
    expect(again).toBe(0);
    expect(rest.length).toBeGreaterThan(8);
    expectEnvelope(rest);
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("a network can't be joined again", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.start();
    await node.settle();
    for (let call = 1; call <= 5; call++) node.engine.faults.fail("connect", call, "before");
    node.engine.podmanDisconnect("web.g1", "archipelago-web");
    await node.pass(120_000);
    expectEnvelope(pauses(node, "connect"));
    expect(node.engine.container("web.g1")?.networks).toEqual(["archipelago-web"]);
  });

  test("an engine that breaks down over one start and answers everything else", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    const hangUp = new ArcError("ARC_ENGINE_UNAVAILABLE", "POST /containers/web.g1/start: socket hang up");
    for (let call = 1; call <= 6; call++) node.engine.faults.fail("start", call, "before", hangUp);
    node.start();
    await node.pass(120_000);
    const [again = 1, ...rest] = pauses(node, "start");
    expect(again).toBe(0);
    expectEnvelope(rest);
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("the network of an app that is gone can't be removed", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.start();
    await node.settle();
    for (let call = 1; call <= 5; call++) node.engine.faults.fail("removeNetwork", call, "before");
    node.want({});
    await node.pass(120_000);
    expectEnvelope(pauses(node, "remove-network"));
    expect((await node.engine.client.networks()).map(({ name }) => name)).toEqual(["podman"]);
  });

  test("a failing copy of history stops nothing", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    const append = node.history.append.bind(node.history);
    node.history.append = (entry) => {
      if (entry.action === "create") throw new Error("disk full");
      append(entry);
    };
    node.start();
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
  });
});
