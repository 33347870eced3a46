import { expect, test } from "vitest";
import { manifestText } from "../../src/testkit/builders.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

test("a fresh node makes network, image, container, and accepts what works", async () => {
  const node = new SimulatedNode({ catalogue: { web: manifestText() } });
  node.engine.images.set(NGINX, { present: false, pull: { takes: 5_000 } });
  node.start();
  await node.settle();
  expect(node.deeds()).toEqual([
    "engine.found node",
    "create-network web",
    "pull web",
    "create web",
    "start web",
    "accept web",
  ]);
  expect(await node.states()).toEqual({ web: "ready" });
  expect(node.accepted.accepted).toEqual(["web"]);
  expect(await node.callsOfNextLook()).toEqual(["list"]);
});
