import { expect, test } from "vitest";
import { appText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

async function running(): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: appText("web"), mail: appText("mail") } });
  node.start();
  await node.settle();
  return node;
}

/** Kills it, hints at its end as its exit file does, and gives the calls up to the start that follows. */
async function callsUntilStart(node: SimulatedNode, name: string, harm: () => void): Promise<readonly string[]> {
  const id = node.engine.containers().find((each) => each.name === name)?.id ?? "";
  node.engine.calls.length = 0;
  harm();
  node.daemon.reconciler.ended(id);
  await node.until(() => node.engine.calls.some(({ op }) => op === "start"));
  const ops = node.engine.calls.map(({ op }) => op);
  return ops.slice(0, ops.indexOf("start"));
}

test("a container that has just ended is asked about alone and started before anything else is looked at", async () => {
  const node = await running();
  expect(await callsUntilStart(node, "web.g1", () => node.engine.killPayload("web.g1"))).toEqual(["inspect"]);
  await node.settle();
  expect(await node.states()).toEqual({ mail: "ready", web: "ready" });
});

test("what else has changed is found by the look that follows", async () => {
  const node = await running();
  await callsUntilStart(node, "web.g1", () => {
    node.engine.killPayload("web.g1");
    node.engine.podmanRm("mail.g1");
  });
  await node.settle();
  expect(await node.states()).toEqual({ mail: "ready", web: "ready" });
});

test("one that is gone by then is made anew after a look at everything", async () => {
  const node = await running();
  const calls = await callsUntilStart(node, "web.g1", () => node.engine.podmanRm("web.g1"));
  expect(calls).toContain("list");
  expect(calls).toContain("create");
});

test("an owner's stop that comes with the end is obeyed", async () => {
  const node = await running();
  const [found] = node.containersOf("web");
  node.engine.calls.length = 0;
  node.want({ web: { state: "stopped" }, mail: {} });
  node.engine.killPayload("web.g1");
  node.daemon.reconciler.ended(found?.id ?? "");
  await node.settle();
  expect(node.engine.calls.map(({ op }) => op)).not.toContain("start");
  expect(await node.states()).toEqual({ mail: "ready", web: "stopped" });
});

test("an end of a container that is not ours is no trouble", async () => {
  const node = await running();
  node.engine.calls.length = 0;
  node.daemon.reconciler.ended("f".repeat(64));
  await node.settle();
  expect(node.engine.calls.map(({ op }) => op)).not.toContain("start");
});
