import { describe, expect, test } from "vitest";
import { createRequest, manifestText, type ManifestInput } from "../../src/testkit/builders.ts";
import type { Behaviour } from "../../src/testkit/engine/behaviour.ts";
import { appText, consumerText, providerText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const NEXT = "docker.io/library/nginx:1.29";
const THIRD = "docker.io/library/nginx:1.30";
const COSTS = { create: 30, start: 100, stop: 50, remove: 30, pull: 500, createNetwork: 20, connect: 20 };

type Rollback = NonNullable<ManifestInput["update"]>["rollback"];

const web = (version: string, image: string, rollback: Rollback = "safe"): string =>
  appText("web", { image }, { version, update: { rollback } });

/** Version 1 runs; the next image behaves so, once it was pulled. */
async function running(next: Behaviour, rollback: Rollback = "safe", takes = 0): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: web("1", NGINX, rollback) }, costs: COSTS });
  node.engine.images.set(NEXT, { present: false, pull: { takes }, behaviour: next });
  node.start();
  await node.settle();
  return node;
}

function update(node: SimulatedNode, rollback: Rollback = "safe"): void {
  node.publish("web", web("2", NEXT, rollback));
  node.want({ web: { version: "2" } });
}

const SERVES: Behaviour = { does: "serve" };
const proving = (node: SimulatedNode) => () =>
  node.daemon.reconciler.last?.outlook.plan.holds.some(({ kind }) => kind === "window") === true;

test("a provider whose next image comes for an hour is there for its consumers meanwhile", async () => {
  const catalogue = { base: providerText(), user: consumerText("user", { on_lost: "stop" }) };
  const node = new SimulatedNode({ catalogue, costs: COSTS });
  node.engine.images.set(NEXT, { present: false, pull: { takes: 60_000 } });
  node.start();
  await node.settle();
  node.publish("base", providerText("base", { container: { image: NEXT } }));
  await node.pass(10_000);
  expect(node.engineStates()).toEqual({ "base.g1": "running", "user.g1": "running" });
});

test("a consumer that is not ready because its provider was lost is not blamed for it, and is kept when that is back", async () => {
  const health = { readiness: { tcp: { port: 80 }, interval: "1s", failures: 2 } };
  const user = (version: string, image: string) =>
    manifestText({ id: "user", version, container: { image, health }, requires: { base: { interface: "rpc" } } });
  const node = new SimulatedNode({ catalogue: { base: providerText(), user: user("1", NGINX) }, costs: COSTS });
  node.engine.images.set(NEXT, { behaviour: SERVES });
  node.start();
  await node.settle();
  node.publish("user", user("2", NEXT));
  node.want({ base: {}, user: { version: "2" } });
  await node.until(proving(node));
  node.want({ base: { state: "stopped" }, user: { version: "2" } });
  await node.pass(500);
  node.prober.answer("user.g2", { outcome: "fail", detail: "no provider" });
  await node.pass(120_000);
  expect(await node.statusOf("user")).toMatchObject({ version: "2", rollout: { state: "switching" } });
  node.want({ base: {}, user: { version: "2" } });
  node.prober.answer("user.g2", null);
  await node.pass(30_000);
  await node.settle();
  expect(await node.statusOf("user")).toMatchObject({ version: "2", state: "ready", rollout: null });
});

test("an earlier container that can't be started while the next image comes says nothing of the next version", async () => {
  const node = await running(SERVES, "safe", 20_000);
  update(node);
  await node.pass(2_000);
  node.engine.faults.fail("start", 1, "before");
  node.engine.killPayload("web.g1");
  await node.settle();
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "2", rollout: null });
});

test("a clock that was turned back does not let it prove itself for ever", async () => {
  const node = await running(SERVES);
  update(node);
  await node.until(proving(node));
  node.wrongBy = -3_600_000;
  await node.pass(30_000);
  expect(await node.statusOf("web")).toMatchObject({ version: "2", rollout: null });
});

test("an app that can't be resolved any more while its new version proves itself runs once", async () => {
  const catalogue = { base: providerText(), user: consumerText("user") };
  const node = new SimulatedNode({ catalogue, costs: COSTS });
  node.engine.images.set(NEXT);
  node.start();
  await node.settle();
  node.publish("user", consumerText("user", {}, { image: NEXT }));
  await node.until(proving(node));
  node.want({ user: {} });
  await node.pass(60_000);
  expect(node.containersOf("user").filter(({ state }) => state === "running")).toHaveLength(1);
});

describe.each(["until-start", "never"] as const)(
  "a version that forbids to go back (%s), and has run and failed",
  (rollback) => {
    test("lets no earlier one run while its own successor is fetched", async () => {
      const node = await running({ does: "exit", code: 9, after: 100 }, rollback);
      update(node, rollback);
      await node.pass(10_000);
      node.engine.images.set(THIRD, { present: false, pull: { takes: 60_000 } });
      node.publish("web", web("3", THIRD, rollback));
      node.want({ web: { version: "3" } });
      await node.pass(20_000);
      expect(node.engine.container("web.g1")?.state).toBe("exited");
      await node.settle();
      expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "3" });
    });

    test("lets no earlier one run where its own successor can't be created", async () => {
      const node = await running({ does: "exit", code: 9, after: 100 }, rollback);
      update(node, rollback);
      await node.pass(10_000);
      node.engine.images.set(THIRD, { refuses: "no such device" });
      node.publish("web", web("3", THIRD, rollback));
      node.want({ web: { version: "3" } });
      await node.pass(20_000);
      expect(node.engine.container("web.g1")?.state).toBe("exited");
    });

    test("lets no earlier one run where the owner stops and starts it and its image is lost", async () => {
      const node = await running(SERVES, rollback);
      update(node, rollback);
      await node.until(proving(node));
      node.want({ web: { version: "2", state: "stopped" } });
      await node.pass(5_000);
      node.engine.images.set(NEXT, { refuses: "no such device" });
      node.want({ web: { version: "2" } });
      await node.pass(20_000);
      expect(node.engine.container("web.g1")?.state).not.toBe("running");
    });

    test("lets no earlier one run while its manifest is broken", async () => {
      const node = await running({ does: "exit", code: 9, after: 100 }, rollback);
      update(node, rollback);
      await node.pass(10_000);
      node.publish("web", "id: [");
      await node.pass(20_000);
      expect(node.engine.container("web.g1")?.state).toBe("exited");
      expect((await node.statusOf("web")).reason).toContain("nothing is changed until it is");
      node.publish("web", web("2", NEXT, rollback));
      node.engine.images.set(NEXT, { behaviour: SERVES });
      await node.pass(60_000);
    });
  },
);

test("(never) goes back where the image can't be had, though the earlier one has just ended by itself", async () => {
  const node = await running(SERVES, "never", 5_000);
  node.engine.images.set(NEXT, { present: false, pull: { takes: 5_000, error: "gone", code: "ARC_IMAGE_NOT_FOUND" } });
  update(node, "never");
  await node.pass(4_500);
  // It is not up again before the registry has answered.
  node.engine.faults.fail("start", 1, "before");
  node.engine.killPayload("web.g1");
  await node.pass(60_000);
  expect(node.engine.container("web.g1")?.state).toBe("running");
});

test("the accepted copy stays that of what runs, where the record is lost and an update fails", async () => {
  const node = await running({ does: "exit", code: 9, after: 1_000 });
  node.kill9();
  await node.records.write("web", { committed: null, quarantine: null, adopted: [] });
  node.start();
  update(node);
  await node.settle();
  await node.pass(20_000);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "1" });
  expect((await node.accepted.read()).get("web")?.manifestText).toContain('version: "1"');
});

const pair = (image: string, more: Partial<ManifestInput> = {}): string =>
  manifestText({
    id: "web",
    containers: {
      migrate: { image, one_shot: true, custom_args: ["once"] },
      main: { image, start_after: ["migrate"] },
      ui: {
        image: NGINX,
        start_after: ["main"],
        health: { readiness: { tcp: { port: 80 }, interval: "1s", failures: 3 } },
      },
    },
    ...more,
  });

test("a one-shot that was pruned does not keep the earlier generation from running on", async () => {
  const node = new SimulatedNode({ catalogue: { web: pair(NGINX) }, costs: COSTS });
  node.engine.images.set(NGINX, {
    behaviour: ({ spec }) => (spec.args.includes("once") ? { does: "exit", code: 0, after: 200 } : SERVES),
  });
  node.engine.images.set(NEXT, { behaviour: { does: "exit", code: 9, after: 500 } });
  node.start();
  await node.settle();
  node.publish("web", pair(NEXT));
  await node.settle();
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", rollout: { state: "rolled-back" } });
  node.engine.podmanRm("web--migrate.g1");
  await node.pass(60_000);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", rollout: { state: "rolled-back" } });
  expect(node.engine.container("web.g1")?.state).toBe("running");
});

test("an image that was pulled and is not here under that name is asked for with pauses", async () => {
  const node = new SimulatedNode({ catalogue: { web: appText("web", { image: NEXT }) } });
  node.engine.images.set(NEXT, { present: false, pull: { vanishes: true } });
  node.start();
  await node.pass(60_000);
  expect(node.engine.calls.filter(({ op }) => op === "pull").length).toBeLessThan(10);
});

test("a retry said while the clock was ahead, and a failure while it was behind, both count", async () => {
  const node = await running({ does: "exit", code: 9, after: 1_000 });
  node.publish("web", web("2", NEXT));
  node.want({ web: { version: "2", retried_at: new Date(node.clock.now() + 3_600_000).toISOString() } });
  await node.settle();
  await node.pass(60_000);
  const since = node.clock.now();
  await node.pass(600_000);
  expect(node.deeds(since)).toEqual([]);
});

test("the next version's port is held by a foreign container: the earlier one is healed meanwhile", async () => {
  const node = await running(SERVES);
  const { client } = node.engine;
  await node.clock.run(
    client.create(createRequest("mine", { ports: [{ container: 80, host: 9000, protocol: "tcp", bind: "" }] })),
  );
  await node.clock.run(client.start("mine"));
  node.publish("web", appText("web", { image: NEXT, ports: [{ container: 80, host: 9000 }] }, { version: "2" }));
  node.want({ web: { version: "2" } });
  await node.pass(5_000);
  node.engine.killPayload("web.g1");
  await node.pass(30_000);
  expect(node.engine.container("web.g1")?.state).toBe("running");
});

test("a container that made way and is wanted again has not failed, though nobody remembers who stopped it", async () => {
  const both = (version: string, main: string, ui: string): string =>
    manifestText({ id: "web", version, containers: { main: { image: main }, ui: { image: ui } } });
  const node = new SimulatedNode({ catalogue: { web: both("1", NGINX, NGINX) }, costs: COSTS });
  node.engine.images.set(NEXT);
  node.start();
  await node.settle();
  node.publish("web", both("2", NEXT, NEXT));
  node.want({ web: { version: "2" } });
  await node.until(proving(node));
  node.effects.count = 0;
  // The first write is the accepted copy, the second the record: committed, and nothing is removed yet.
  node.effects.killAt(2, "after");
  await node.until(() => !node.alive);
  node.publish("web", both("3", NEXT, NGINX));
  node.want({ web: { version: "3" } });
  node.start();
  await node.settle();
  await node.pass(30_000);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "3", rollout: null });
});

test("a container that did not change and no longer does its work beside the new ones is a failure", async () => {
  const node = new SimulatedNode({ catalogue: { web: pair(NGINX) }, costs: COSTS });
  for (const image of [NGINX, NEXT])
    node.engine.images.set(image, {
      behaviour: ({ spec }) => (spec.args.includes("once") ? { does: "exit", code: 0, after: 200 } : SERVES),
    });
  node.start();
  await node.settle();
  node.publish("web", pair(NEXT));
  await node.until(() => node.engine.container("web.g2")?.state === "running");
  node.prober.answer("web--ui.g1", { outcome: "fail", detail: "502 bad gateway" });
  await node.pass(50_000);
  expect(await node.statusOf("web")).toMatchObject({ rollout: { state: "switching" } });
  await node.pass(90_000);
  node.prober.answer("web--ui.g1", null);
  await node.pass(10_000);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", rollout: { state: "rolled-back" } });
  expect(node.engine.container("web.g1")?.state).toBe("running");
});

test("a version that only drops a container proves itself from the end of that one", async () => {
  const of = (containers: NonNullable<ManifestInput["containers"]>): string => manifestText({ id: "web", containers });
  const node = new SimulatedNode({ catalogue: { web: of({ main: { image: NGINX }, ui: { image: NEXT } }) } });
  node.engine.images.set(NEXT, { behaviour: { does: "serve", stopTakes: 9_000 } });
  node.start();
  await node.settle();
  node.publish("web", of({ main: { image: NGINX } }));
  await node.until(() => node.engine.container("web--ui.g1")?.state === "exited");
  await node.pass(9_000);
  expect(node.engine.container("web--ui.g1")).toBeDefined();
  await node.pass(5_000);
  expect(node.engine.container("web--ui.g1")).toBeUndefined();
});
