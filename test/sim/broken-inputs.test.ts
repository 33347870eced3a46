import { describe, expect, test } from "vitest";
import { ArcError } from "../../src/core/errors/arc-error.ts";
import { RICH, appText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

/** `harm` reaches into a port before a daemon holds it. */
async function running(harm: (node: SimulatedNode) => void = () => {}): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: appText("web"), rich: RICH } });
  harm(node);
  node.start();
  await node.settle();
  return node;
}

/** Whatever is broken about rich, web is healed. */
async function expectWebHealed(node: SimulatedNode): Promise<void> {
  node.engine.killPayload("web.g1");
  await node.pass(10_000);
  expect(node.engineStates()["web.g1"], node.describe()).toBe("running");
}

describe("what is broken for one app stops no other from being healed:", () => {
  test("a container of which the engine does not tell more than its name", async () => {
    let broken = false;
    const node = await running(({ engine }) => {
      const newClient = engine.newClient.bind(engine);
      engine.newClient = () => {
        const client = newClient();
        const inspect = client.inspect.bind(client);
        client.inspect = (ref, signal) =>
          broken && ref === engine.container("rich.g1")?.id
            ? Promise.reject(new ArcError("ARC_ENGINE_REFUSED", "layer not known"))
            : inspect(ref, signal);
        return client;
      };
    });
    broken = true;
    node.engine.killPayload("rich.g1");
    await node.pass(10_000);
    expect(await node.statusOf("rich")).toMatchObject({
      state: "held",
      reason: expect.stringMatching(/rich\.g1.*layer not known/),
    });
    expect(Object.keys(node.engineStates())).toEqual(["web.g1", "rich.g1"]);
    await expectWebHealed(node);
    broken = false;
    await node.pass(10_000);
    expect(await node.states()).toEqual({ rich: "ready", web: "ready" });
  });

  test("rendered files that can't be read", async () => {
    let broken = false;
    const node = await running(({ rendered }) => {
      const observe = rendered.observe.bind(rendered);
      rendered.observe = async (app, name, targets) => {
        if (broken && app === "rich") throw new Error("EIO: i/o error");
        return observe(app, name, targets);
      };
    });
    broken = true;
    node.daemon.reconciler.poke("now");
    await node.pass(1_000);
    expect((await node.statusOf("rich")).reason).toContain("i/o error");
    await expectWebHealed(node);
  });

  test("an image's name that the engine refuses", async () => {
    const node = await running();
    node.want({ web: {}, rich: { image: "no such::name" } });
    for (let call = 1; call <= 50; call++) node.engine.faults.fail("imageExists", call, "before");
    await node.pass(5_000);
    expect(await node.states()).toMatchObject({ web: "ready" });
    await expectWebHealed(node);
  });

  test("a secret that can't be written", async () => {
    let full = false;
    const node = await running(({ secrets }) => {
      const generate = secrets.generate.bind(secrets);
      secrets.generate = async (generators) => {
        if (full) throw new ArcError("ARC_HOME", "no space left on device");
        return generate(generators);
      };
    });
    full = true;
    node.publish("new", appText("new", {}, { secrets: { "new-pass": { generate: "random" } } }));
    node.want({ web: {}, rich: {}, new: {} });
    await node.pass(5_000);
    expect((await node.status()).notices.join()).toContain("no space left on device");
    await expectWebHealed(node);
    full = false;
    await node.pass(70_000);
    expect(await node.states()).toEqual({ new: "ready", rich: "ready", web: "ready" });
  });
});

test("a catalogue that can't be read leaves apps healed from their accepted copies", async () => {
  let broken = false;
  const node = await running(({ catalogue }) => {
    const read = catalogue.read.bind(catalogue);
    catalogue.read = async () => {
      if (broken) throw new ArcError("ARC_HOME", "the catalogue can't be listed");
      return read();
    };
  });
  const before = node.identities();
  broken = true;
  node.daemon.reconciler.poke("now");
  await node.pass(1_000);
  const { notices } = await node.status();
  expect(notices.join()).toContain("can't be listed");
  expect(node.identities()).toEqual(before);
  await expectWebHealed(node);
});
