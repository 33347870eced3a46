import { describe, expect, test } from "vitest";
import { manifestText, type ManifestInput } from "../../src/testkit/builders.ts";
import type { Behaviour } from "../../src/testkit/engine/behaviour.ts";
import type { FaultWhen } from "../../src/testkit/engine/faults.ts";
import { MUTATING_OPS } from "../../src/testkit/engine/ops.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const NEXT = "docker.io/library/nginx:1.29";
const COSTS = { create: 30, start: 100, stop: 50, remove: 30, pull: 500, createNetwork: 20, connect: 20 };

type Rollback = NonNullable<ManifestInput["update"]>["rollback"];

/** A one-shot, a server behind it, a page behind that. */
const app = (version: string, image: string, rollback: Rollback = "safe"): string =>
  manifestText({
    id: "web",
    version,
    container: undefined,
    containers: {
      migrate: { image, one_shot: true, custom_args: ["once"] },
      main: {
        image,
        start_after: ["migrate"],
        health: { readiness: { tcp: { port: 80 }, interval: "1s", failures: 3 } },
        volumes: [{ source: "web", target: "/data" }],
      },
      ui: { image, start_after: ["main"] },
    },
    update: { rollback },
  });

type Spoil = (node: SimulatedNode) => void;

const behaves =
  (main: Behaviour, once: Behaviour = { does: "exit", code: 0, after: 200 }): Spoil =>
  (node) =>
    node.engine.images.set(NEXT, {
      present: false,
      pull: {},
      refuses: null,
      behaviour: ({ spec }) => {
        if (spec.args.includes("once")) return once;
        return spec.container === "main" ? main : { does: "serve" };
      },
    });

const SERVES: Behaviour = { does: "serve" };

/** What is wrong with the new version. */
const FAILURES: Readonly<Record<string, Spoil>> = {
  "a pull": (node) =>
    node.engine.images.set(NEXT, { present: false, pull: { error: "not found", code: "ARC_IMAGE_NOT_FOUND" } }),
  "a create": (node) => node.engine.images.set(NEXT, { present: false, pull: {}, refuses: "no such device" }),
  "a start": behaves({ does: "refuse", error: "exec format error" }),
  "a one-shot": behaves(SERVES, { does: "exit", code: 3, after: 200 }),
  "its readiness": behaves({ does: "serve", readyAfter: 3_600_000 }),
  "a crash inside the window": behaves({ does: "exit", code: 9, after: 5_000 }),
};

async function running(spoil: Spoil, rollback: Rollback = "safe"): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: app("1.0.0", NGINX, rollback) }, costs: COSTS });
  node.engine.images.set(NGINX, {
    behaviour: ({ spec }) => (spec.args.includes("once") ? { does: "exit", code: 0, after: 200 } : SERVES),
  });
  spoil(node);
  node.start();
  await node.settle();
  return node;
}

/** `update web`, as the owner says it. */
function update(node: SimulatedNode, rollback: Rollback = "safe"): void {
  node.publish("web", app("2.0.0", NEXT, rollback));
  node.want({ web: { version: "2.0.0" } });
}

const OLD = { "web--migrate.g1": "exited", "web--ui.g1": "running", "web.g1": "running" };
const NEW = { "web--migrate.g2": "exited", "web--ui.g2": "running", "web.g2": "running" };

test("a good update moves all containers, proves itself, and leaves nothing behind", async () => {
  const node = await running(behaves(SERVES));
  update(node);
  await node.until(() => node.engine.container("web.g2")?.state === "running");
  await node.until(
    () => node.daemon.reconciler.last?.outlook.plan.holds.some(({ kind }) => kind === "window") === true,
  );
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", rollout: { state: "proving", to: "2.0.0" } });
  expect(Object.keys(node.engineStates())).toContain("web.g1");
  await node.settle();
  expect(node.engineStates()).toEqual(NEW);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "2.0.0", rollout: null });
  expect((await node.records.read()).records.get("web")?.committed).toMatchObject({
    version: "2.0.0",
    images: [NEXT],
    previousImages: [NGINX],
  });
  expect((await node.accepted.read()).get("web")?.manifestText).toContain("2.0.0");
  expect(await node.callsOfNextLook()).toEqual(["list"]);
});

describe.each(Object.entries(FAILURES))("an update that fails by %s", (_what, spoil) => {
  test("comes back with the old containers, says why, and is not tried again", async () => {
    const node = await running(spoil);
    const before = node.identities();
    update(node);
    await node.settle();
    expect(node.engineStates()).toEqual(OLD);
    const ids = (rows: Readonly<Record<string, string>>) => Object.values(rows).map((row) => row.split(" ")[0]);
    expect(ids(node.identities())).toEqual(ids(before));
    const status = await node.statusOf("web");
    expect(status).toMatchObject({ state: "ready", version: "1.0.0", rollout: { state: "rolled-back", to: "2.0.0" } });
    expect((await node.accepted.read()).get("web")?.manifestText).toContain("1.0.0");
    const since = node.clock.now();
    await node.pass(3_600_000);
    expect(node.deeds(since)).toEqual([]);
    expect(await node.callsOfNextLook()).toEqual(["list"]);
  });

  test("is tried again on a person's word, and then goes well", async () => {
    const node = await running(spoil);
    update(node);
    await node.settle();
    behaves(SERVES)(node);
    node.want({ web: { version: "2.0.0", retried_at: new Date(node.clock.now() + 1).toISOString() } });
    await node.pass(5_000);
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "2.0.0", rollout: null });
  });

  test("goes back on a full disk too, and after a lost record is found out again", async () => {
    const node = await running(spoil);
    node.records.full = true;
    update(node);
    await node.settle();
    expect(node.engineStates()).toEqual(OLD);
    node.kill9();
    node.records.full = false;
    node.start();
    await node.settle();
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "1.0.0" });
  });
});

test("what the failed containers said last is kept", async () => {
  const node = await running(behaves({ does: "exit", code: 9, after: 5_000 }));
  update(node);
  await node.until(() => node.engine.container("web.g2")?.state === "running");
  node.engine.say("web.g2", "panic: the database is from the future");
  await node.settle();
  const quarantine = (await node.records.read()).records.get("web")?.quarantine;
  expect(quarantine).toMatchObject({ version: "2.0.0", reason: expect.stringContaining("exited with code 9") });
  const main = quarantine?.failed.find(({ container }) => container === "main");
  expect(main).toMatchObject({ exitCode: 9, lines: ["panic: the database is from the future"] });
});

describe("a manifest that forbids to go back", () => {
  test.each(["until-start", "never"] as const)(
    "(%s) stays where it is once the new one has run, and says so",
    async (rollback) => {
      const node = await running(behaves({ does: "exit", code: 9, after: 100 }), rollback);
      update(node, rollback);
      await node.pass(30_000);
      expect(await node.statusOf("web")).toMatchObject({ state: "failed", rollout: { state: "stuck" } });
      expect(node.engine.container("web.g1")?.state).toBe("exited");
      expect((await node.statusOf("web")).reason).toContain("needs a person");
    },
  );

  test("(until-start) goes back where nothing of the new one has run", async () => {
    const node = await running(FAILURES["a pull"] ?? (() => {}), "until-start");
    update(node, "until-start");
    await node.settle();
    expect(node.engineStates()).toEqual(OLD);
  });
});

test("the owner's stop and start during a rollout are no failure of the new version", async () => {
  const node = await running(behaves({ does: "serve", readyAfter: 2_000 }));
  update(node);
  await node.until(() => node.engine.container("web.g2")?.state === "running");
  node.want({ web: { version: "2.0.0", state: "stopped" } });
  await node.pass(5_000);
  expect(Object.values(node.engineStates())).not.toContain("running");
  node.want({ web: { version: "2.0.0" } });
  await node.pass(5_000);
  await node.settle();
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", version: "2.0.0", rollout: null });
});

test("many edits in a row leave one generation and its predecessor at most", async () => {
  const node = await running(behaves({ does: "serve", readyAfter: 2_000 }));
  update(node);
  for (let edit = 0; edit < 20; edit++) {
    node.publish("web", app("2.0.0", NEXT).replace("custom_args", `env: { TRY: "${edit}" }\n    custom_args`));
    await node.pass(1_000);
    expect(node.containersOf("web").length).toBeLessThanOrEqual(9);
  }
  await node.settle();
  expect(node.containersOf("web")).toHaveLength(3);
});

const mutations = ({ engine }: SimulatedNode): number => engine.calls.filter(({ op }) => MUTATING_OPS.has(op)).length;

const SCENES: Readonly<Record<string, { readonly spoil: Spoil; readonly ends: Readonly<Record<string, string>> }>> = {
  "a good update": { spoil: behaves(SERVES), ends: NEW },
  ...Object.fromEntries(
    Object.entries(FAILURES).map(([what, spoil]) => [`an update that fails by ${what}`, { spoil, ends: OLD }]),
  ),
};

describe.each(Object.entries(SCENES))("the daemon killed in %s", (name, { spoil, ends }) => {
  const recovered = async (node: SimulatedNode, where: string): Promise<void> => {
    await node.settle();
    // After a call that fails by itself no kill comes: there the next daemon starts at the end.
    if (node.alive) node.kill9();
    node.start();
    await node.pass(1_000);
    // A start that broke off leaves its port with Podman's service (4.3.1), until that is restarted.
    node.engine.restartService();
    await node.settle();
    const states = node.engineStates();
    const generations = new Set(Object.keys(states).map((each) => each.split(".").at(-1)));
    expect(generations.size, `${where}\n${node.describe()}`).toBe(1);
    const plain = (rows: Readonly<Record<string, string>>) =>
      Object.entries(rows)
        .map(([container, state]) => `${container.split(".")[0]} ${state}`)
        .toSorted();
    expect(plain(states), `${where}\n${node.describe()}`).toEqual(plain(ends));
    const version = ends === NEW ? "2.0.0" : "1.0.0";
    expect(await node.statusOf("web"), `${where}\n${node.describe()}`).toMatchObject({ state: "ready", version });
    expect(await node.callsOfNextLook(), where).toEqual(["list"]);
  };

  test.each<Exclude<FaultWhen, "hang">>(["before", "after", "partial"])(
    "%s each call to the engine ends as exactly old or exactly new",
    async (when) => {
      const counted = await running(spoil);
      counted.engine.calls.length = 0;
      update(counted);
      await counted.settle();
      const calls = mutations(counted);
      expect(calls).toBeGreaterThan(/a pull|a create/.test(name) ? 0 : 5);
      for (let nth = 1; nth <= calls; nth++) {
        const node = await running(spoil);
        node.engine.faults.killAt(nth, when);
        update(node);
        await recovered(node, `call ${nth} of ${calls}`);
      }
    },
  );

  test.each(["before", "after"] as const)(
    "%s each write to the disk ends as exactly old or exactly new",
    async (when) => {
      const counted = await running(spoil);
      counted.effects.count = 0;
      update(counted);
      await counted.settle();
      const writes = counted.effects.count;
      expect(writes).toBeGreaterThan(0);
      for (let nth = 1; nth <= writes; nth++) {
        const node = await running(spoil);
        node.effects.killAt(nth, when);
        update(node);
        await recovered(node, `write ${nth} of ${writes}`);
      }
    },
  );
});
