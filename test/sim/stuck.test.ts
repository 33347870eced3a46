import { describe, expect, test } from "vitest";
import { appText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

const both = { web: appText("web"), other: appText("other") };

async function running(): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: both });
  node.start();
  await node.settle();
  return node;
}

/** The engine refuses everything that would end a container. */
function refuseEndings(node: SimulatedNode, times = 200): void {
  for (let call = 1; call <= times; call++) {
    for (const op of ["stop", "kill", "remove"] as const) node.engine.faults.fail(op, call, "before");
  }
}

describe("a container that can't be ended", () => {
  test("is met with stop, kill and forced removals, then a person is asked for, while other apps go on", async () => {
    const node = await running();
    const since = node.clock.now();
    refuseEndings(node);
    node.want({ web: { state: "stopped" }, other: {} });
    await node.pass(120_000);
    expect(node.deeds(since)).toEqual([
      "stop web failed",
      "kill web failed",
      "remove web failed",
      "remove web failed",
      "remove web failed",
    ]);
    const { state, reason } = await node.statusOf("web");
    expect(state).toBe("failed");
    expect(reason).toMatch(/^needs a person: .*web\.g1/);
    node.engine.faults.clear();
    node.engine.killPayload("other.g1");
    await node.settle();
    expect((await node.statusOf("other")).state).toBe("ready");
  });

  test("is not joined by its successor: two programs on one data directory are worse than an old one", async () => {
    const node = await running();
    refuseEndings(node);
    node.publish("web", appText("web", { env: { A: "2" } }));
    await node.pass(300_000);
    expect(node.engineStates()).toEqual({ "other.g1": "running", "web.g1": "running", "web.g2": "created" });
    expect((await node.statusOf("web")).reason).toMatch(/^needs a person/);
    node.engine.faults.clear();
    node.engine.podmanRm("web.g1");
    await node.settle();
    expect(node.engineStates()).toEqual({ "other.g1": "running", "web.g2": "running" });
  });

  test("under another name is not joined by a new one either", async () => {
    const node = await running();
    refuseEndings(node);
    node.engine.podmanRename("web.g1", "mine.g7");
    await node.pass(300_000);
    expect(node.containersOf("web").filter(({ state }) => state === "running")).toHaveLength(1);
    expect((await node.statusOf("web")).reason).toMatch(/^needs a person/);
  });

  test("is tried again when the owner wants something else", async () => {
    const node = await running();
    refuseEndings(node);
    node.want({ web: { state: "stopped" }, other: {} });
    await node.pass(120_000);
    node.engine.faults.clear();
    node.want({ web: { state: "running" }, other: {} });
    await node.settle();
    node.want({ web: { state: "stopped" }, other: {} });
    await node.settle();
    expect(node.engineStates()).toEqual({ "other.g1": "running", "web.g1": "exited" });
    expect(await node.states()).toEqual({ other: "ready", web: "stopped" });
  });

  test("a stop by hand that waits out its grace is waited for, and then healed", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web", { stop: { grace: "10m" } }) } });
    node.engine.images.set("docker.io/library/nginx:1.28", { behaviour: { does: "serve", stopTakes: 300_000 } });
    node.start();
    await node.settle();
    void node.engine.client.stop("web.g1", 600_000);
    await node.pass(60_000);
    expect(node.engine.container("web.g1")?.state).toBe("stopping");
    await node.pass(320_000);
    expect(await node.states()).toEqual({ web: "ready" });
    expect(node.history.entries.every(({ result }) => result !== "failed")).toBe(true);
  });
});
