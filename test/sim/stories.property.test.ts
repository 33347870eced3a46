import fc from "fast-check";
import { expect, test } from "vitest";
import { manifestText } from "../../src/testkit/builders.ts";
import type { EngineOp } from "../../src/testkit/engine/ops.ts";
import { RICH, appText, consumerText, providerText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const CATALOGUE = {
  base: providerText(),
  user: consumerText("user", { on_lost: "restart" }),
  rich: RICH,
  web: appText("web"),
  several: manifestText({
    id: "several",
    containers: {
      migrate: { image: NGINX, one_shot: true, custom_args: ["once"] },
      main: { image: NGINX, start_after: ["migrate"], health: { liveness: { tcp: { port: 80 }, interval: "5s" } } },
      ui: { image: NGINX, start_after: ["main"] },
    },
    requires: { base: { interface: "rpc", on_lost: "stop" } },
  }),
};
const ALL = { base: {}, user: {}, rich: {}, web: {}, several: {} };
const READY = { base: "ready", rich: "ready", several: "ready", user: "ready", web: "ready" };

/** The engine's names of ours that run now. */
const up = (node: SimulatedNode): readonly string[] =>
  Object.entries(node.engineStates()).flatMap(([name, state]) => (state === "running" ? [name] : []));

const FAULTY: readonly EngineOp[] = ["create", "start", "stop", "remove", "connect", "list", "inspect", "networks"];

const WAYS = ["before", "after", "hang"] as const;

type Deed = (node: SimulatedNode, pick: number) => void;

/** Does it to one of those that run, where one does; what the engine refuses a person to do is no deed. */
const toOne =
  (deed: (node: SimulatedNode, name: string) => void): Deed =>
  (node, pick) => {
    const names = up(node);
    const name = names[pick % names.length];
    if (name === undefined) return;
    try {
      deed(node, name);
    } catch {
      // A second program of that name, a process that is gone already: then nothing happened.
    }
  };

const DEEDS: Readonly<Record<string, Deed>> = {
  killPayload: toOne(({ engine }, name) => engine.killPayload(name)),
  killBoth: toOne(({ engine }, name) => engine.killConmonAndPayload(name)),
  stop: toOne(({ engine }, name) => engine.podmanStop(name)),
  pause: toOne(({ engine }, name) => engine.podmanPause(name)),
  remove: toOne(({ engine }, name) => engine.podmanRm(name)),
  rename: toOne(({ engine, clock }, name) => engine.podmanRename(name, `mine-${clock.now()}`)),
  copy: toOne(({ engine, clock }, name) => engine.copyOf(name, `copy-${clock.now()}`)),
  leave: toOne(({ engine }, name) => {
    for (const network of engine.container(name)?.networks ?? []) engine.podmanDisconnect(name, network);
  }),
  reboot: (node) => {
    if (node.alive) node.kill9();
    node.engine.reboot();
  },
  kill9: (node) => {
    if (node.alive) node.kill9();
  },
  killSoon: (node, pick) => node.engine.faults.killAt(1 + (pick % 5), pick % 2 === 0 ? "before" : "after"),
  fail: (node, pick) => {
    const op = FAULTY[pick % FAULTY.length] ?? "start";
    node.engine.faults.fail(op, 1, WAYS[pick % WAYS.length] ?? "hang");
  },
  away: ({ engine }) => engine.goAway(),
  back: ({ engine }) => engine.comeBack(),
  edit: (node, pick) => node.publish("web", appText("web", { env: { A: String(pick) } })),
  address: (node, pick) => node.facts.set({ host_ip: `192.0.2.${pick % 200}` }),
  rotate: ({ secrets }, pick) => secrets.set("rich-pass", `secret ${pick}`),
  spoil: ({ rendered }) => {
    for (let generation = 1; generation < 9; generation++)
      rendered.lose("rich", `rich.g${generation}`, "/etc/app.conf");
  },
  deafen: ({ engine }) => {
    engine.lies.eventLost = () => true;
  },
  hear: ({ engine }) => {
    engine.lies.eventLost = () => false;
  },
  break: (node) => node.publish("rich", { ...RICH, "manifest.yml": "id: [" }),
  mend: (node) => node.publish("rich", RICH),
  uninstall: (node) => node.want({ base: {}, user: {}, web: {} }),
  install: (node) => node.want(ALL),
  stopAll: (node) =>
    node.want({ base: { state: "stopped" }, user: { state: "stopped" }, rich: { state: "stopped" }, web: {} }),
};

const story = fc.array(
  fc.record({
    deed: fc.constantFrom(...Object.keys(DEEDS)),
    pick: fc.nat(1_000),
    pause: fc.constantFrom(0, 10, 300, 5_000, 70_000),
  }),
  { minLength: 5, maxLength: 25, size: "max" },
);

const COSTS = { create: 30, start: 100, stop: 50, remove: 30, createNetwork: 20, connect: 20, list: 5, inspect: 3 };

test("whatever happens, in whatever order, the node comes to rest as it is wanted", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (deeds) => {
      const node = new SimulatedNode({ catalogue: CATALOGUE, costs: COSTS });
      node.engine.images.set(NGINX, {
        behaviour: ({ spec }) => (spec.args.length > 0 ? { does: "exit", code: 0, after: 200 } : { does: "serve" }),
      });
      node.start();
      for (const { deed, pick, pause } of deeds) {
        DEEDS[deed]?.(node, pick);
        await node.pass(pause);
        if (node.alive || pick % 3 !== 0) continue;
        // Podman's list waits for the lock of a container that a dead daemon's request is starting; here it has passed.
        await node.pass(500);
        node.start();
      }
      node.engine.faults.clear();
      // Ports that a failed start left with Podman's service are free only then (4.3.1).
      node.engine.restartService();
      node.publish("rich", RICH);
      node.want(ALL);
      // A kill that was planned may still be on its way.
      await node.pass(1_000);
      if (!node.alive) node.start();
      await node.pass(60_000);
      node.engine.restartService();
      await node.pass(900_000);
      await node.settle();
      expect(await node.states(), node.describe()).toEqual(READY);
      // Six that run and the one-shot; no earlier generation is left.
      expect(Object.values(node.engineStates()).toSorted(), node.describe()).toEqual([
        "exited",
        ...Array.from({ length: 6 }, () => "running"),
      ]);
      expect(await node.callsOfNextLook()).toEqual(["list"]);
    }),
    { numRuns: 60 },
  );
});
