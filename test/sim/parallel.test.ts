import { expect, test } from "vitest";
import { appText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

test("apps come up side by side, and at most four creates and starts are under way at once", async () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const catalogue = Object.fromEntries(names.map((name) => [name, appText(name)]));
  const node = new SimulatedNode({ catalogue, costs: { create: 1_000, start: 1_000, createNetwork: 0 } });
  node.start();
  const began = node.clock.now();
  await node.until(
    () => Object.values(node.engineStates()).filter((state) => state === "running").length === names.length,
  );
  expect(node.clock.now() - began).toBe(4_000);
  const spans = node.history.entries
    .filter(({ action }) => action === "create" || action === "start")
    .map(({ at, duration }) => ({ from: at, to: at + duration }));
  // Waiting for a turn is part of a step's duration; its last second is the engine's.
  const atOnce = spans.map(({ to }) => spans.filter((other) => other.to > to - 1_000 && other.to <= to).length);
  expect(Math.max(...atOnce)).toBe(4);
});

test("an app that waits out a stop of minutes holds up no other", async () => {
  const node = new SimulatedNode({
    catalogue: { slow: appText("slow", { stop: { grace: "15m" } }), web: appText("web") },
  });
  node.engine.images.set("docker.io/library/nginx:1.28", {
    behaviour: ({ name }) => ({ does: "serve", stopTakes: name.startsWith("slow") ? 600_000 : 0 }),
  });
  node.start();
  await node.settle();
  node.want({ slow: { state: "stopped" }, web: {} });
  await node.pass(10_000);
  expect(node.engine.container("slow.g1")?.state).toBe("stopping");
  node.publish("web", appText("web", { env: { A: "2" } }));
  await node.pass(10_000);
  expect(node.engineStates()).toMatchObject({ "slow.g1": "stopping", "web.g2": "running" });
  await node.pass(600_000);
  expect(node.engineStates()["slow.g1"]).toBe("exited");
  expect(node.containersOf("slow")[0]?.exitCode).toBe(0);
});

test("a start that is asked for during a long stop comes when the stop is over, inside its grace", async () => {
  const node = new SimulatedNode({ catalogue: { slow: appText("slow", { stop: { grace: "15m" } }) } });
  node.engine.images.set("docker.io/library/nginx:1.28", { behaviour: { does: "serve", stopTakes: 600_000 } });
  node.start();
  await node.settle();
  node.want({ slow: { state: "stopped" } });
  await node.pass(10_000);
  node.want({ slow: {} });
  await node.pass(500_000);
  expect(node.engine.container("slow.g1")?.state).toBe("stopping");
  await node.pass(120_000);
  expect(await node.states()).toEqual({ slow: "ready" });
  expect(node.history.entries.every(({ result }) => result !== "failed")).toBe(true);
});
