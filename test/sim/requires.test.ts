import { describe, expect, test } from "vitest";
import { NGINX, SimulatedNode } from "./simulated-node.ts";
import { appText, consumerText, providerText } from "./apps.ts";

/** A provider that needs 30 s to be ready after each start, and a consumer. */
async function pair(onLost: "keep" | "stop" | "restart", until: "ready" | "started" = "ready"): Promise<SimulatedNode> {
  const node = new SimulatedNode({
    catalogue: { base: providerText(), user: consumerText("user", { on_lost: onLost, until }) },
  });
  node.engine.images.set(NGINX, {
    behaviour: ({ name }) => ({ does: "serve", readyAfter: name.startsWith("base") ? 30_000 : 0 }),
  });
  node.start();
  return node;
}

const startOf = (node: SimulatedNode, app: string): number => node.engine.container(`${app}.g1`)?.startedAt ?? 0;

describe("an app that requires another", () => {
  test("waits until it is ready and says for what", async () => {
    const node = await pair("keep");
    await node.pass(10_000);
    expect(await node.states()).toEqual({ base: "starting", user: "waiting" });
    expect((await node.statusOf("user")).reason).toMatch(/^base must be ready first: it is starting/);
    const { sentences } = await node.clock.run(node.daemon.service.explain("user"));
    expect(sentences.join("\n")).toContain("Later: start main; base must be ready first");
    await node.settle();
    expect(await node.states()).toEqual({ base: "ready", user: "ready" });
    expect(startOf(node, "user") - startOf(node, "base")).toBeGreaterThanOrEqual(29_000);
  });

  test("waits only for its start where the manifest says until: started", async () => {
    const node = await pair("keep", "started");
    await node.pass(5_000);
    expect(await node.states()).toEqual({ base: "starting", user: "ready" });
  });

  test("goes on with a notice when it is lost, under on_lost: keep", async () => {
    const node = await pair("keep");
    await node.settle();
    const before = node.identities()["user.g1"];
    node.engine.killPayload("base.g1");
    await node.pass(5_000);
    const { state, notices } = await node.statusOf("user");
    expect(state).toBe("ready");
    expect(notices.join()).toMatch(/base, which it requires, is not ready/);
    await node.settle();
    await node.pass(60_000);
    expect(node.identities()["user.g1"]).toBe(before);
    expect((await node.statusOf("user")).notices).toEqual([]);
  });

  test("that dies while the other is lost waits for it", async () => {
    const node = await pair("keep");
    await node.settle();
    node.engine.killPayload("base.g1");
    node.engine.killPayload("user.g1");
    await node.pass(10_000);
    expect(await node.states()).toEqual({ base: "starting", user: "waiting" });
    await node.settle();
    expect(await node.states()).toEqual({ base: "ready", user: "ready" });
  });

  test("stops while the other is lost and starts again, under on_lost: stop", async () => {
    const node = await pair("stop");
    await node.settle();
    expect(await node.states()).toEqual({ base: "ready", user: "ready" });
    node.engine.killPayload("base.g1");
    await node.pass(5_000);
    expect(node.engineStates()).toEqual({ "base.g1": "running", "user.g1": "exited" });
    expect(await node.states()).toEqual({ base: "starting", user: "waiting" });
    await node.settle();
    expect(await node.states()).toEqual({ base: "ready", user: "ready" });
    expect(node.history.entries.every(({ result }) => result !== "failed")).toBe(true);
  });

  test("is restarted once when the other is back, under on_lost: restart", async () => {
    const node = await pair("restart");
    await node.settle();
    const since = node.clock.now();
    node.engine.killPayload("base.g1");
    await node.pass(5_000);
    expect(node.deeds(since)).toEqual(["start base"]);
    await node.pass(120_000);
    expect(node.deeds(since)).toEqual(["start base", "stop user", "start user"]);
    expect(node.entries(since)[1]?.reason).toBe("base, which it requires, was started after it");
    expect(startOf(node, "user")).toBeGreaterThan(startOf(node, "base"));
  });

  test("is not recreated when only the other is replaced", async () => {
    const node = await pair("keep");
    await node.settle();
    const before = node.identities()["user.g1"];
    node.publish(
      "base",
      providerText("base", {
        container: { image: NGINX, env: { A: "1" }, health: { readiness: { tcp: { port: 80 }, failures: 30 } } },
      }),
    );
    await node.pass(120_000);
    expect(node.engineStates()).toEqual({ "base.g2": "running", "user.g1": "running" });
    expect(node.identities()["user.g1"]).toBe(before);
  });
});

describe("containers of one app", () => {
  const ordered = {
    several: appText(
      "several",
      {},
      {
        container: undefined,
        containers: {
          migrate: { image: NGINX, one_shot: true },
          main: { image: NGINX, start_after: ["migrate"], health: { startup: { tcp: { port: 80 }, interval: "1s" } } },
          ui: { image: NGINX, start_after: ["main"] },
          apart: { image: NGINX },
        },
      },
    ),
  };

  function several(codes: readonly number[]): SimulatedNode {
    const node = new SimulatedNode({ catalogue: ordered });
    node.engine.images.set(NGINX, {
      behaviour: ({ name }) =>
        name.includes("migrate")
          ? codes.includes(1)
            ? { does: "exit", code: 1, after: 1_000 }
            : { does: "exit", code: 0, after: 1_000 }
          : { does: "serve", readyAfter: 2_000 },
    });
    return node;
  }

  test("start in order: what runs to its end, then what needs it, then what needs that", async () => {
    const node = several([0]);
    node.start();
    await node.settle();
    const at = (name: string): number =>
      node.entries().find(({ action, container }) => action === "start" && container === name)?.at ?? 0;
    expect(at("main") - at("migrate")).toBeGreaterThanOrEqual(1_000);
    expect(at("ui") - at("main")).toBeGreaterThanOrEqual(2_000);
    expect(at("apart")).toBe(at("migrate"));
    expect(await node.states()).toEqual({ several: "ready" });
    expect(await node.callsOfNextLook()).toEqual(["list"]);
    await node.pass(300_000);
    expect(node.deeds().filter((deed) => deed === "start several/migrate")).toHaveLength(1);
  });

  test("wait for a one-shot that fails, which is tried with pauses, and others of the app go on", async () => {
    const node = several([1]);
    node.start();
    await node.pass(20_000);
    expect(node.deeds().filter((deed) => deed === "start several/migrate").length).toBeGreaterThan(3);
    expect(node.engineStates()).toMatchObject({
      "several.g1": "created",
      "several--ui.g1": "created",
      "several--apart.g1": "running",
    });
    expect((await node.statusOf("several")).state).toBe("failed");
    node.engine.killPayload("several--apart.g1");
    await node.pass(20_000);
    expect(node.engineStates()).toMatchObject({ "several--apart.g1": "running" });
  });
});
