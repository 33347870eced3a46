import { describe, expect, test } from "vitest";
import { RICH, appText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

const RICH_NETWORK = "archipelago-rich";

async function running(): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: appText("web"), rich: RICH } });
  node.start();
  await node.settle();
  expect(await node.states()).toEqual({ rich: "ready", web: "ready" });
  return node;
}

interface Harm {
  readonly name: string;
  readonly harm: (node: SimulatedNode) => void;
  readonly deeds: readonly string[];
  /** `path: observed -> desired (origin)` of the step that put it right. */
  readonly told: string;
  /** Files on the disk make no event: the resync finds them. */
  readonly late?: boolean;
}

const HARMS: readonly Harm[] = [
  {
    name: "a killed payload",
    harm: ({ engine }) => engine.killPayload("rich.g1"),
    deeds: ["start rich"],
    told: "state: exited (code 137) -> running (outside)",
  },
  {
    name: "a container stopped by hand",
    harm: ({ engine }) => engine.podmanStop("rich.g1"),
    deeds: ["start rich"],
    told: "state: exited (code 0) -> running (outside)",
  },
  {
    name: "a container paused by hand",
    harm: ({ engine }) => engine.podmanPause("rich.g1"),
    deeds: ["unpause rich"],
    told: "state: paused -> running (outside)",
  },
  {
    name: "a container removed by hand while it ran",
    harm: ({ engine }) => engine.podmanRm("rich.g1"),
    deeds: ["create rich", "start rich"],
    told: "container: null -> rich.g1 (outside)",
  },
  {
    name: "a container renamed by hand",
    harm: ({ engine }) => engine.podmanRename("rich.g1", "mine"),
    deeds: ["stop rich", "remove rich", "create rich", "start rich"],
    told: "name: mine -> rich.g1 (outside)",
  },
  {
    name: "a network left by hand",
    harm: ({ engine }) => engine.podmanDisconnect("rich.g1", RICH_NETWORK),
    deeds: ["connect rich"],
    told: `networks.${RICH_NETWORK}: null -> joined (outside)`,
  },
  {
    name: "a network joined by hand",
    harm: ({ engine }) => engine.podmanConnect("rich.g1", "archipelago-web"),
    deeds: ["disconnect rich"],
    told: "networks.archipelago-web: joined -> null (outside)",
  },
  {
    name: "a network left and removed by hand",
    harm: ({ engine }) => {
      engine.podmanDisconnect("rich.g1", RICH_NETWORK);
      void engine.client.removeNetwork(RICH_NETWORK);
    },
    deeds: ["create-network rich", "connect rich"],
    told: `networks.${RICH_NETWORK}: null -> joined (outside)`,
  },
  {
    name: "a payload that died with its conmon",
    harm: ({ engine }) => engine.killConmonAndPayload("rich.g1"),
    deeds: ["remove rich failed", "remove rich", "create rich", "start rich"],
    told: "state: dead -> running (outside)",
    late: true,
  },
  {
    name: "a rendered file edited by hand",
    harm: ({ rendered }) => rendered.edit("rich", "rich.g1", "/etc/app.conf", "mine\n"),
    deeds: ["stop rich", "render rich", "start rich"],
    told: "files./etc/app.conf: 0444 sha256:",
    late: true,
  },
  {
    name: "a rendered file deleted by hand",
    harm: ({ rendered }) => rendered.lose("rich", "rich.g1", "/etc/app.conf"),
    deeds: ["stop rich", "render rich", "start rich"],
    told: "files./etc/app.conf: null -> 0444 sha256:",
    late: true,
  },
];

describe("what people do behind the daemon's back is healed, told, and touches no other app:", () => {
  test.each(HARMS)("$name", async ({ harm, deeds, told, late }) => {
    const node = await running();
    const web = node.identities()["web.g1"];
    const since = node.clock.now();
    harm(node);
    if (late) await node.pass(70_000);
    await node.settle();
    expect(node.deeds(since)).toEqual(deeds);
    const diffs = node
      .entries(since)
      .flatMap(({ diff }) => diff.map((d) => `${d.path}: ${d.observed} -> ${d.desired} (${d.origin})`));
    expect(diffs.some((text) => text.startsWith(told))).toBe(true);
    expect(await node.states()).toEqual({ rich: "ready", web: "ready" });
    expect(node.identities()["web.g1"]).toBe(web);
    expect(node.engine.container("rich.g1")?.networks).toEqual([RICH_NETWORK]);
    expect(await node.callsOfNextLook()).toEqual(["list"]);
  });

  test("a copy with our labels is removed, and the original keeps its id and its process", async () => {
    const node = await running();
    const before = node.identities();
    const since = node.clock.now();
    node.engine.copyOf("web.g1", "web-copy");
    await node.settle();
    expect(node.deeds(since)).toEqual(["stop web", "remove web"]);
    const [drift, stop] = node.entries(since);
    expect(drift).toMatchObject({ actor: "outside", action: "drift", reason: "name is web-copy, shall be web.g1" });
    expect(stop?.reason).toContain("web-copy carries our labels");
    expect(node.identities()).toEqual(before);
  });

  test("a copy under the name of the next generation is removed too", async () => {
    const node = await running();
    const before = node.identities();
    node.engine.copyOf("web.g1", "web.copy.g2");
    node.engine.podmanRename("web.copy.g2", "web.g3");
    await node.pass(5_000).catch(() => undefined);
    expect(node.identities()).toEqual(before);
  });

  test.each([
    ["stopped", { web: { state: "stopped" }, rich: {} }, { "rich.g1": "running", "web.g1": "exited" }],
    ["uninstalled", { rich: {} }, { "rich.g1": "running" }],
  ])("a paused container can be %s", async (_how, apps, states) => {
    const node = await running();
    // Both in one look: the pause is not healed before.
    node.engine.podmanPause("web.g1");
    node.want(apps);
    await node.settle();
    expect(node.engineStates()).toEqual(states);
    expect(node.entries().every(({ result }) => result !== "failed")).toBe(true);
  });

  test("a paused container can be replaced", async () => {
    const node = await running();
    node.engine.podmanPause("web.g1");
    node.publish("web", appText("web", { env: { A: "2" } }));
    await node.settle();
    expect(node.engineStates()).toEqual({ "rich.g1": "running", "web.g2": "running" });
    expect(node.entries().every(({ result }) => result !== "failed")).toBe(true);
  });

  test("a foreign container that took the name of a container to be made is left alone", async () => {
    const node = new SimulatedNode({ catalogue: { web: appText("web") } });
    const foreign = node.engine.runForeign({ name: "web.g1" });
    node.start();
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
    expect(node.engine.container("web.g1")?.id).toBe(foreign);
    expect(node.engineStates()).toEqual({ "web.g2": "running" });
  });
});
