import { describe, expect, test } from "vitest";
import { RICH, appText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const BUILT = {
  "manifest.yml": appText("built", { image: undefined, build: { context: "ui" } }),
  "ui/Containerfile": "FROM scratch\n",
  "ui/index.html": "<h1>one</h1>\n",
} as const;

async function running(
  more: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {},
): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: appText("web"), rich: RICH, built: BUILT, ...more } });
  node.start();
  await node.settle();
  return node;
}

interface Change {
  readonly name: string;
  readonly change: (node: SimulatedNode) => void;
  readonly app: string;
  readonly told: string;
}

const CHANGES: readonly Change[] = [
  {
    name: "the host's address",
    change: ({ facts }) => facts.set({ host_ip: "192.0.2.99" }),
    app: "rich",
    told: "env.HOST: 192.0.2.10 -> 192.0.2.99 (fact:host_ip)",
  },
  {
    name: "a secret",
    change: ({ secrets }) => secrets.set("rich-pass", "canary-two"),
    app: "rich",
    told: "env.PASS: secret rich-pass (",
  },
  {
    name: "a manifest",
    change: (node) => node.publish("web", appText("web", { env: { A: "2" } })),
    app: "web",
    told: "env.A: null -> 2 (manifest)",
  },
  {
    name: "a template",
    change: (node) => node.publish("rich", { ...RICH, "app.conf": "listen on {{ host_ip }}\n" }),
    app: "rich",
    told: "files./etc/app.conf: 0444 sha256:",
  },
  {
    name: "a build context",
    change: (node) => node.publish("built", { ...BUILT, "ui/index.html": "<h1>two</h1>\n" }),
    app: "built",
    told: "build.context: ",
  },
  {
    name: "an image's override in node.yml",
    change: (node) => node.want({ web: { image: "localhost/mine:1" }, rich: {}, built: {} }),
    app: "web",
    told: `image: ${NGINX} -> localhost/mine:1 (node)`,
  },
];

describe("a change of what is wanted makes only the app anew that it concerns, and says why:", () => {
  test.each(CHANGES)("$name", async ({ change, app, told }) => {
    const node = await running();
    node.engine.images.set("localhost/mine:1");
    const before = node.identities();
    const since = node.clock.now();
    change(node);
    node.daemon.reconciler.poke("now");
    await node.settle();
    expect(await node.states()).toEqual({ built: "ready", rich: "ready", web: "ready" });
    const after = node.identities();
    expect(Object.keys(after).filter((name) => name in before)).toEqual(
      Object.keys(before).filter((name) => !name.startsWith(app)),
    );
    for (const [name, identity] of Object.entries(after)) expect(before[name] ?? identity).toBe(identity);
    expect(node.containersOf(app).map(({ name, state }) => `${name} ${state}`)).toEqual([`${app}.g2 running`]);
    const diffs = node
      .entries(since)
      .flatMap(({ diff }) => diff.map((d) => `${d.path}: ${d.observed} -> ${d.desired} (${d.origin})`));
    expect(
      diffs.find((text) => text.startsWith(told)),
      diffs.join("\n"),
    ).toBeDefined();
    expect(await node.rendered.names(app)).toEqual(app === "rich" ? ["rich.g2"] : []);
    expect(await node.callsOfNextLook()).toEqual(["list"]);
  });

  test("the newest wish wins when three come within a second", async () => {
    const node = await running();
    for (const value of ["2", "3", "4"]) {
      node.publish("web", appText("web", { env: { A: value } }));
      await node.pass(300);
    }
    await node.settle();
    expect(node.containersOf("web")).toHaveLength(1);
    const detail = await node.engine.client.inspect(node.containersOf("web")[0]?.id ?? "");
    expect(detail.env["A"]).toBe("4");
  });
});

test("an app that comes into the catalogue of a settled node can be installed at once", async () => {
  const node = await running();
  node.publish("late", appText("late"));
  const { service } = node.daemon;
  const plan = await node.clock.run(service.plan({ kind: "install", apps: ["late"] }));
  expect(plan.steps.map(({ app }) => app)).toContain("late");
  await node.clock.run(service.edit({ kind: "install", apps: ["late"] }));
  await node.settle();
  expect((await node.statusOf("late")).state).toBe("ready");
});

describe("a broken manifest", () => {
  test("of an accepted app is told with its place, and the app is healed from its accepted copy", async () => {
    const node = await running();
    const before = node.identities();
    node.publish("web", appText("web").replace("image:", "imagee:"));
    await node.settle();
    const { state, notices } = await node.statusOf("web");
    expect(state).toBe("ready");
    expect(notices.join("\n")).toMatch(/^apps\/web\/manifest\.yml:\d+:\d+: .*image/m);
    expect(node.identities()).toEqual(before);
    node.engine.podmanRm("web.g1");
    await node.settle();
    expect((await node.statusOf("web")).state).toBe("ready");
    expect(await node.callsOfNextLook()).toEqual(["list"]);
  });

  test("of an app whose folder vanished goes on from the accepted copy, for a later daemon too", async () => {
    const node = await running();
    const before = node.identities();
    node.catalogue.delete("web");
    node.kill9();
    node.start();
    await node.settle();
    expect(node.identities()).toEqual(before);
    expect((await node.statusOf("web")).notices.join()).toMatch(/no longer in the catalogue/);
  });

  test("of an app that was built goes on with the image that was built", async () => {
    const node = await running();
    const before = node.identities();
    node.catalogue.delete("built");
    node.daemon.reconciler.poke("now");
    await node.settle();
    expect(node.identities()).toEqual(before);
  });

  test("of an app that was never accepted makes it invalid, and all others go on", async () => {
    const node = await running();
    node.publish("bad", "id: bad\nname: Bad\nversions: 1\n");
    node.want({ web: {}, rich: {}, built: {}, bad: {} });
    await node.settle();
    const { state, reason } = await node.statusOf("bad");
    expect(state).toBe("invalid");
    expect(reason).toMatch(/^apps\/bad\/manifest\.yml:\d+:\d+: /);
    node.engine.killPayload("web.g1");
    await node.settle();
    expect(await node.states()).toEqual({ bad: "invalid", built: "ready", rich: "ready", web: "ready" });
    node.publish("bad", appText("bad"));
    await node.settle();
    expect((await node.statusOf("bad")).state).toBe("ready");
  });
});

describe("versions and node.yml", () => {
  test("a changed version waits under manual updates and shows as available", async () => {
    const node = await running();
    const before = node.identities();
    node.publish("web", appText("web", { env: { A: "2" } }, { version: "2.0.0" }));
    await node.settle();
    expect(node.identities()).toEqual(before);
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "1.0.0", available: "2.0.0" });
    node.want({ web: {}, rich: {}, built: {} }, { updates: "automatic" });
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "2.0.0", available: null });
  });

  test("a broken node.yml keeps the last valid state and is told", async () => {
    const node = await running();
    const before = node.identities();
    node.writeNode("apps: { web: { state: jumping } }\n");
    await node.settle();
    expect(node.identities()).toEqual(before);
    expect((await node.status()).notices.join()).toMatch(/^node\.yml:1:\d+: apps\.web\.state/);
    node.engine.killPayload("rich.g1");
    await node.settle();
    expect(await node.states()).toEqual({ built: "ready", rich: "ready", web: "ready" });
  });

  test("a node.yml that is broken from the start changes nothing and is not said every second", async () => {
    const node = await running();
    const before = node.identities();
    await node.stop();
    node.nodeFile.write("apps: [\n");
    node.start();
    const lines = node.log.lines.length;
    await node.pass(120_000);
    expect(node.identities()).toEqual(before);
    expect(node.log.lines.length - lines).toBeLessThan(5);
  });

  test("a node.yml that is gone while containers are here holds everything", async () => {
    const node = await running();
    const before = node.identities();
    const since = node.clock.now();
    node.writeNode("");
    await node.pass(10_000);
    node.engine.killPayload("web.g1");
    await node.pass(120_000);
    expect(node.deeds(since)).toEqual([]);
    expect((await node.status()).notices.join()).toMatch(/node\.yml is missing or empty/);
    // A fresh one with this single wish would mean that the rest shall go.
    const install = node.clock.run(node.daemon.service.edit({ kind: "install", apps: ["web"] }));
    await expect(install).rejects.toThrow("node.yml is missing or empty, but apps of this node are here");
    expect(node.nodeFile.text).toBe("");
    node.want({ web: {}, rich: {}, built: {} });
    await node.settle();
    expect(Object.keys(node.identities())).toEqual(Object.keys(before));
    expect(node.deeds(since)).toEqual(["start web"]);
  });

  test("uninstall removes containers, network, accepted copy and rendered files, and never data", async () => {
    const node = await running();
    const since = node.clock.now();
    node.want({ web: {}, built: {} });
    await node.settle();
    expect(node.deeds(since)).toEqual(["stop rich", "remove rich", "remove-network rich", "forget rich"]);
    expect(node.containersOf("rich")).toEqual([]);
    expect((await node.engine.client.networks()).map(({ name }) => name)).toEqual([
      "podman",
      "archipelago-built",
      "archipelago-web",
    ]);
    expect((await node.accepted.read()).has("rich")).toBe(false);
    expect(await node.rendered.names("rich")).toEqual([]);
    expect(node.dataDirs.has("/home/archy/data/rich/rich")).toBe(true);
    expect(await node.callsOfNextLook()).toEqual(["list"]);
  });

  test("uninstall of an app that never ran leaves no network behind", async () => {
    const node = new SimulatedNode({ catalogue: { far: appText("far", { image: "example.org/far:1" }) } });
    node.start();
    await node.settle();
    node.want({});
    await node.settle();
    expect((await node.engine.client.networks()).map(({ name }) => name)).toEqual(["podman"]);
    expect(await node.states()).toEqual({});
  });

  test("networks and containers of another node's owner are left alone", async () => {
    const node = await running();
    node.engine.podmanNetworkCreate("archipelago-theirs", {
      "archipelago.owner": "node-2",
      "archipelago.app": "theirs",
    });
    const labels = {
      "archipelago.owner": "node-2",
      "archipelago.app": "web",
      "archipelago.container": "main",
      "archipelago.generation": "1",
    };
    const id = node.engine.runForeign({ name: "theirs", labels });
    await node.stop();
    node.start();
    await node.settle();
    expect(node.engine.container(id)?.state).toBe("running");
    expect((await node.engine.client.networks()).map(({ name }) => name)).toContain("archipelago-theirs");
  });

  test("stop keeps an app stopped, also when somebody starts it by hand, and start brings the same container back", async () => {
    const node = await running();
    const [before] = node.containersOf("web");
    node.want({ web: { state: "stopped" }, rich: {}, built: {} });
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({ state: "stopped" });
    node.engine.podmanStart("web.g1");
    await node.settle();
    expect(node.engineStates()["web.g1"]).toBe("exited");
    node.want({ web: { state: "running" }, rich: {}, built: {} });
    await node.settle();
    expect(node.containersOf("web").map(({ id, state }) => `${id} ${state}`)).toEqual([`${before?.id} running`]);
  });

  test("restart restarts once", async () => {
    const node = await running();
    const before = node.identities();
    const since = node.clock.now();
    await node.clock.run(node.daemon.service.edit({ kind: "restart", apps: ["web"] }));
    await node.settle();
    await node.pass(1_000);
    expect(node.deeds(since)).toEqual(["app.restart web", "stop web", "start web", "job.done web"]);
    expect(node.identities()["rich.g1"]).toBe(before["rich.g1"]);
    expect(node.identities()["web.g1"]?.split(" ")[0]).toBe(before["web.g1"]?.split(" ")[0]);
    await node.pass(300_000);
    node.kill9();
    node.start();
    await node.settle();
    expect(node.deeds(since).filter((deed) => deed === "stop web")).toHaveLength(1);
  });
});

describe("host ports", () => {
  const published = appText("web", { ports: [{ container: 80, host: 8080 }] });

  test("held by another program hold the app, which goes on when they are free", async () => {
    const node = new SimulatedNode({ catalogue: { web: published, other: appText("other") } });
    node.engine.ports.occupy(8080);
    node.start();
    await node.settle();
    expect(await node.states()).toEqual({ other: "ready", web: "held" });
    expect((await node.statusOf("web")).reason).toMatch(/^host port 8080 is held by another program/);
    expect(node.deeds().filter((deed) => deed.includes("web"))).toEqual([]);
    node.engine.ports.vacate(8080);
    await node.pass(70_000);
    expect(await node.states()).toEqual({ other: "ready", web: "ready" });
  });

  test("published by a foreign container hold the app and name it", async () => {
    const node = new SimulatedNode({ catalogue: { web: published } });
    const ports = [{ container: 80, host: 8080, protocol: "tcp", bind: "0.0.0.0" }] as const;
    node.engine.runForeign({ name: "old-web", ports });
    node.start();
    await node.settle();
    expect((await node.statusOf("web")).reason).toMatch(/published by the container old-web/);
    node.engine.podmanRm("old-web");
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("wanted by two apps go to the first, and the second says so", async () => {
    const node = new SimulatedNode({
      catalogue: { web: published, also: appText("also", { ports: [{ container: 80, host: 8080 }] }) },
    });
    node.start();
    await node.settle();
    expect(await node.states()).toEqual({ also: "ready", web: "held" });
    node.want({ also: {}, web: { ports: { "8080": 8090 } } });
    await node.settle();
    expect(await node.states()).toEqual({ also: "ready", web: "ready" });
  });

  test("of a running app are not given to another that wants them later", async () => {
    const node = new SimulatedNode({ catalogue: { web: published } });
    node.start();
    await node.settle();
    node.publish("also", appText("also", { ports: [{ container: 80, host: 8080 }] }));
    node.want({ web: {}, also: {} });
    await node.settle();
    expect(await node.states()).toEqual({ also: "held", web: "ready" });
    expect((await node.statusOf("also")).reason).toMatch(/host port 8080 is wanted by web too/);
    expect(node.deeds().filter((deed) => deed.includes("failed"))).toEqual([]);
    node.engine.killPayload("web.g1");
    await node.settle();
    expect(await node.states()).toEqual({ also: "held", web: "ready" });
  });

  test("that move from one app to another are taken over when they are free", async () => {
    const node = new SimulatedNode({
      catalogue: { web: published, also: appText("also", { ports: [{ container: 80, host: 8090 }] }) },
    });
    node.start();
    await node.settle();
    node.want({ web: { ports: { "8080": 8100 } }, also: { ports: { "8090": 8080 } } });
    await node.settle();
    expect(await node.states()).toEqual({ also: "ready", web: "ready" });
    expect(node.deeds().filter((deed) => deed.includes("failed"))).toEqual([]);
  });

  test("of a running app that are taken while it is down are tried with pauses until they are free", async () => {
    const node = new SimulatedNode({ catalogue: { web: published } });
    node.start();
    await node.settle();
    node.engine.killPayload("web.g1");
    node.engine.ports.occupy(8080);
    await node.pass(30_000);
    expect(await node.states()).toEqual({ web: "failed" });
    expect((await node.statusOf("web")).reason).toMatch(/address already in use.*tries again at/);
    node.engine.ports.vacate(8080);
    await node.pass(120_000);
    expect(await node.states()).toEqual({ web: "ready" });
  });
});
