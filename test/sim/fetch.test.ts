import { describe, expect, test } from "vitest";
import { appId } from "../../src/core/ids.ts";
import { appText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const image = (name: string): string => `example.org/${name}:1`;
const fetched = (name: string, tag = name): string => appText(name, { image: image(tag) });

describe("fetching an image", () => {
  test("that fails is told with its reason and the next attempt, and other apps go on", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web"), far: fetched("far") } });
    node.start();
    await node.settle();
    expect(await node.states()).toEqual({ far: "failed", web: "ready" });
    const { reason } = await node.statusOf("far");
    expect(reason).toMatch(/manifest unknown.*tries again at \d{4}-/);
    node.engine.images.set(image("far"), { present: false, pull: {} });
    await node.pass(310_000);
    expect(await node.states()).toEqual({ far: "ready", web: "ready" });
  });

  test("is given up as soon as the manifest names another one", async () => {
    const node = new SimulatedNode({ catalogue: { far: fetched("far", "slow") } });
    node.engine.images.set(image("slow"), { present: false, pull: { takes: 1_000_000 } });
    node.engine.images.set(image("quick"), { present: false, pull: { takes: 1_000 } });
    node.start();
    await node.pass(10_000);
    const since = node.clock.now();
    node.publish("far", fetched("far", "quick"));
    await node.settle(5_000);
    expect(node.deeds(since)).toEqual(["pull far", "create far", "start far", "accept far"]);
  });

  test.each([
    ["stopped", { far: { state: "stopped" } }, "stopped"],
    ["not wanted any more", {}, undefined],
  ])("is given up when the app is %s", async (_how, apps, state) => {
    const node = new SimulatedNode({ catalogue: { far: fetched("far") } });
    node.engine.images.set(image("far"), { present: false, pull: { takes: "hangs" } });
    node.start();
    await node.pass(10_000);
    node.want(apps);
    await node.pass(2_000);
    expect((await node.states()).far).toBe(state);
    expect(node.daemon.reconciler.isBusy(appId("far"))).toBe(false);
  });

  test("for ever, by two apps, holds up neither the other apps nor what waits behind them and is edited", async () => {
    const catalogue = { a: fetched("a"), b: fetched("b"), c: fetched("c"), web: appText("web") };
    const node = new SimulatedNode({ catalogue });
    for (const name of ["a", "b", "c"])
      node.engine.images.set(image(name), { present: false, pull: { takes: "hangs" } });
    node.start();
    await node.pass(10_000);
    expect((await node.states()).web).toBe("ready");
    node.publish("c", appText("c", { image: NGINX }));
    await node.pass(2_000);
    expect((await node.states()).c).toBe("ready");
  });

  test("for ever is given up after three minutes and tried again", async () => {
    const node = new SimulatedNode({ catalogue: { far: fetched("far") } });
    node.engine.images.set(image("far"), { present: false, pull: { takes: "hangs" } });
    node.start();
    await node.pass(190_000);
    expect(node.deeds().at(-1)).toBe("pull far failed");
    // It was asked again a second later, and hangs again.
    node.engine.images.set(image("far"), { present: false, pull: {} });
    await node.pass(190_000);
    expect(await node.states()).toEqual({ far: "ready" });
  });

  test("leaves what runs alone until it is here", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    node.start();
    await node.settle();
    node.engine.images.set(image("web"), { present: false, pull: { takes: "hangs" } });
    node.publish("web", fetched("web"));
    await node.pass(5_000);
    node.engine.killPayload("web.g1");
    await node.pass(5_000);
    // What runs is healed while its successor's image comes.
    expect(node.engineStates()).toEqual({ "web.g1": "running" });
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", rollout: { state: "fetching" } });
  });
});

test("an image of ours that somebody's container uses keeps no other from being removed", async () => {
  const names = ["a", "b"];
  const node = new SimulatedNode({ catalogue: { web: appText("web"), a: fetched("a"), b: fetched("b") } });
  for (const name of names) node.engine.images.set(image(name), { present: false, pull: {}, digest: `sha256:${name}` });
  node.start();
  await node.settle();
  node.engine.images.set("example.org/mine:1", { digest: "sha256:a" });
  node.engine.runForeign({ name: "mine", image: "example.org/mine:1" });
  node.want({ web: {} });
  await node.settle();
  node.diskSpace.disks = [{ path: "/", what: "images", free: 5e9, total: 1e12 }];
  await node.pass(90_000);
  await node.settle();
  expect(names.map((name) => node.engine.images.has(image(name)))).toEqual([true, false]);
  const since = node.clock.now();
  await node.pass(3_600_000);
  expect(node.deeds(since)).toEqual([]);
});
