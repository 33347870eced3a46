import fc from "fast-check";
import { expect, test } from "vitest";
import { hashesOf } from "../../src/core/rollout/rollout.ts";
import { createRequest, manifestText } from "../../src/testkit/builders.ts";
import { appText, consumerText, providerText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const GOOD = "docker.io/library/nginx:1.29";
const BAD = "docker.io/library/nginx:1.30";
const DISKS = { path: "/images", what: "images", total: 1e12 } as const;

const volume = (id: string) => ({ volumes: [{ source: id, target: "/data" }] });
const web = (version: string, image: string): string => appText("web", { image, ...volume("web") }, { version });
/** A one-shot, a server behind it, a page behind that; the page changes with every version, or never. */
const several = (version: string, image: string, ui = NGINX): string =>
  manifestText({
    id: "several",
    version,
    containers: {
      migrate: { image, one_shot: true, custom_args: ["once"], ...volume("several") },
      main: {
        image,
        start_after: ["migrate"],
        health: { readiness: { tcp: { port: 80 }, interval: "1s", failures: 5 } },
        ...volume("several"),
      },
      ui: { image: ui, start_after: ["main"] },
    },
    requires: { base: { interface: "rpc", on_lost: "stop" } },
  });
const box = appText("box", { env: { COLOUR: "blue" }, network: "archy-net" });

const CATALOGUE = {
  base: providerText(),
  user: consumerText("user", { on_lost: "restart" }),
  web: web("1", NGINX),
  several: several("1", NGINX),
  box,
};
const WANTED = { base: {}, user: {}, web: {}, several: {} };
type Wish = Readonly<Record<string, Record<string, unknown>>>;

/** A node, and what its owner wants. */
class Story {
  readonly node = new SimulatedNode({
    catalogue: CATALOGUE,
    apps: WANTED,
    costs: { create: 30, start: 100, stop: 50, remove: 30, createNetwork: 20, connect: 20, list: 5, inspect: 3 },
  });
  #wish: Wish = WANTED;

  want(change: Wish): void {
    this.#wish = { ...this.#wish, ...change };
    this.node.want(this.#wish);
  }

  set(app: string, change: Readonly<Record<string, unknown>>): void {
    if (this.#wish[app]) this.want({ [app]: { ...this.#wish[app], ...change } });
  }

  drop(app: string): void {
    this.#wish = Object.fromEntries(Object.entries(this.#wish).filter(([name]) => name !== app));
    this.node.want(this.#wish);
  }

  update(pick: number, image: string): void {
    const version = String(2 + (pick % 3));
    const app = pick % 2 === 0 ? "web" : "several";
    this.node.publish(
      app,
      app === "web" ? web(version, image) : several(version, image, pick % 4 === 1 ? image : NGINX),
    );
    this.set(app, { version });
  }

  /** The daemon's own way to say it, where one lives; it may fail, and nobody waits for it. */
  ask(edit: Parameters<SimulatedNode["daemon"]["service"]["edit"]>[0]): void {
    if (this.node.alive) this.node.daemon.service.edit(edit).catch(() => undefined);
  }
}

type Deed = (story: Story, pick: number) => void;

const toOne =
  (does: (node: SimulatedNode, name: string) => void): Deed =>
  ({ node }, pick) => {
    const names = Object.entries(node.engineStates()).flatMap(([name, state]) => (state === "running" ? [name] : []));
    const name = names[pick % names.length];
    if (name !== undefined) does(node, name);
  };

const EITHER = ["web", "several"] as const;
const either = (pick: number): string => EITHER[pick % 2] ?? "web";

const DEEDS: Readonly<Record<string, Deed>> = {
  good: (story, pick) => story.update(pick, GOOD),
  bad: (story, pick) => story.update(pick, BAD),
  unmade: (story, pick) => {
    story.node.engine.images.set(GOOD, { refuses: pick % 2 === 0 ? "no such device" : null });
  },
  retry: (story, pick) =>
    story.set(either(pick), { retried_at: new Date(story.node.clock.now() + story.node.wrongBy).toISOString() }),
  pin: (story, pick) => story.set(either(pick), { version: "1" }),
  unpin: (story, pick) => story.set(either(pick), { version: undefined }),
  stop: (story, pick) => story.set(either(pick), { state: "stopped" }),
  begin: (story, pick) => story.set(either(pick), { state: "running" }),
  restart: (story, pick) => story.set(either(pick), { restarted_at: new Date(story.node.clock.now()).toISOString() }),
  uninstall: (story, pick) => story.drop(either(pick)),
  install: (story) => story.want(WANTED),
  orphan: (story) => story.drop("base"),
  adopt: (story) => {
    story.ask({ kind: "adopt", apps: ["box"] });
    story.node.daemon.reconciler.poke("now");
  },
  full: ({ node }) => {
    node.records.full = true;
    node.diskSpace.disks = [{ ...DISKS, free: 1e8 }];
  },
  roomy: ({ node }) => {
    node.records.full = false;
    node.diskSpace.disks = [{ ...DISKS, free: 5e11 }];
  },
  tight: ({ node }) => {
    node.diskSpace.disks = [{ ...DISKS, free: 6e9 }];
  },
  loseRecord: ({ node }, pick) => {
    if (!node.records.full) void node.records.write(either(pick), { committed: null, quarantine: null, adopted: [] });
  },
  loseAccepted: ({ node }, pick) => node.accepted.delete(either(pick)),
  registryDown: ({ node }) => {
    for (const image of [GOOD, BAD])
      node.engine.images.set(image, { present: false, pull: { error: "no route", code: "ARC_IMAGE_PULL" } });
  },
  registryHangs: ({ node }) => node.engine.images.set(GOOD, { present: false, pull: { takes: 40_000 } }),
  registryUp: ({ node }) => {
    for (const image of [GOOD, BAD]) node.engine.images.set(image, { pull: {} });
  },
  prune: ({ node }) => {
    for (const [name, state] of Object.entries(node.engineStates()))
      if (state === "exited" || state === "created") node.engine.podmanRm(name);
  },
  crash: toOne(({ engine }, name) => engine.killPayload(name)),
  remove: toOne(({ engine }, name) => engine.podmanRm(name)),
  halt: toOne(({ engine }, name) => engine.podmanStop(name)),
  break: ({ node }, pick) => node.publish(either(pick), "id: ["),
  clock: ({ node }, pick) => {
    node.wrongBy = [-3_600_000, 0, 3_600_000][pick % 3] ?? 0;
  },
  reboot: ({ node }) => {
    if (node.alive) node.kill9();
    node.engine.reboot();
  },
  kill: ({ node }) => {
    if (node.alive) node.kill9();
  },
  killSoon: ({ node }, pick) => node.engine.faults.killAt(1 + (pick % 6), pick % 2 === 0 ? "before" : "after"),
  killAtWrite: ({ node }, pick) => node.effects.killAt(1 + (pick % 4), pick % 2 === 0 ? "before" : "after"),
  fail: ({ node }, pick) =>
    node.engine.faults.fail((["create", "start", "stop", "remove"] as const)[pick % 4] ?? "start", 1, "before"),
  away: ({ node }) => node.engine.goAway(),
  back: ({ node }) => node.engine.comeBack(),
};

const NAMES = Object.keys(DEEDS);
const tale = fc.array(
  fc.record({
    deed: fc.constantFrom(...NAMES, "good", "good", "good", "bad", "bad", "back", "roomy", "registryUp"),
    pick: fc.nat(1_000),
    pause: fc.constantFrom(0, 10, 300, 2_000, 8_000, 15_000, 70_000),
  }),
  { minLength: 5, maxLength: 22, size: "max" },
);

/** Where nothing is on its way: what runs is what is wanted or was last good, and nothing else. */
function wrongs({ node }: Story): readonly string[] {
  if (!node.alive || node.engine.faults.pending > 0) return [];
  const look = node.daemon.reconciler.last;
  if (!look || look.nodeHold !== null || look.world.now < node.clock.now() + node.wrongBy - 66_000) return [];
  return [...look.outlook.apps].flatMap(([app, { wanted, steps, holds, own }]) => {
    const moves = steps.some(({ waits }) => waits === null) || node.daemon.reconciler.isBusy(app);
    if (wanted.kind !== "resolved" || moves || holds.length > 0) return [];
    const good = wanted.record.committed?.containers ?? {};
    const wants = hashesOf(wanted.containers);
    return own.flatMap(({ name, container, hash, alive }) =>
      !alive || good[container] === hash || wants[container] === hash ? [] : [`${name} runs and is neither`],
    );
  });
}

test("whatever happens to updates, in whatever order, what runs is what is wanted or was good", async () => {
  await fc.assert(
    fc.asyncProperty(tale, async (deeds) => {
      const story = new Story();
      const { node } = story;
      node.engine.images.set(NGINX, behaviour("serve"));
      node.engine.images.set(GOOD, { present: false, pull: {}, ...behaviour("serve") });
      node.engine.images.set(BAD, { present: false, pull: {}, ...behaviour("fails") });
      node.start();
      await foreignBox(node);
      const theirs = node.engine.runForeign({ name: "rich", image: "quay.io/somebody/else:1" });
      const mine = node.engine.container("rich")?.pid;
      for (const { deed, pick, pause } of deeds) {
        if (node.alive || deed !== "adopt") DEEDS[deed]?.(story, pick);
        await node.pass(pause);
        expect(wrongs(story), `${deed}\n${node.describe()}`).toEqual([]);
        expect(await node.trash.list()).toEqual([]);
        if (deed !== "reboot") expect(node.engine.container(theirs)).toBeDefined();
        if (node.alive || pick % 3 !== 0) continue;
        await node.pass(500);
        node.start();
      }
      node.engine.faults.clear();
      node.effects.killAt(1_000_000, "before");
      node.wrongBy = 0;
      DEEDS["roomy"]?.(story, 0);
      for (const image of [GOOD, BAD]) node.engine.images.set(image, { refuses: null, pull: {} });
      node.engine.restartService();
      if (!node.alive) node.start();
      for (const [name, text] of Object.entries(CATALOGUE)) node.publish(name, text);
      node.publish("web", web("9", GOOD));
      node.publish("several", several("9", GOOD));
      const retryAll = (after: number): void => {
        const now = { retried_at: new Date(node.clock.now() + after).toISOString() };
        node.want({ base: now, user: now, web: { version: "9", ...now }, several: { version: "9", ...now } });
      };
      // What failed while the clock was ahead is older than that too.
      retryAll(7_200_000);
      await node.pass(120_000);
      node.engine.restartService();
      await node.pass(60_000);
      // A daemon that was killed behind a stop has left a container whose end its successor could not tell from a crash.
      retryAll(14_400_000);
      await node.pass(900_000);
      await node.settle();
      const ready = { base: "ready", several: "ready", user: "ready", web: "ready" };
      expect(await node.states(), node.describe()).toEqual(ready);
      for (const app of EITHER)
        expect(await node.statusOf(app), node.describe()).toMatchObject({ version: "9", rollout: null });
      expect(Object.values(node.engineStates()).toSorted()).toEqual([
        "exited",
        ...Array.from({ length: 5 }, () => "running"),
      ]);
      expect(node.engine.container(theirs)?.name).toBe("rich");
      if (!deeds.some(({ deed }) => deed === "reboot")) expect(node.engine.container(theirs)?.pid).toBe(mine);
      expect(await node.callsOfNextLook()).toEqual(["list"]);
    }),
    { numRuns: 25 },
  );
}, 60_000);

const behaviour = (how: "serve" | "fails") => ({
  behaviour: ({ spec }: { readonly spec: { readonly args: readonly string[] } }) =>
    spec.args.length > 0
      ? ({ does: "exit", code: 0, after: 200 } as const)
      : how === "serve"
        ? ({ does: "serve" } as const)
        : ({ does: "exit", code: 9, after: 500 } as const),
});

/** As somebody's script has started it, equal to what `box` would be. */
async function foreignBox(node: SimulatedNode): Promise<void> {
  const { client } = node.engine;
  await node.clock.run(client.createNetwork({ name: "archy-net", app: null }, {}));
  const spec = {
    env: { COLOUR: "blue" },
    network: { mode: "bridge", networks: [{ name: "archy-net", aliases: [] }] },
  } as const;
  await node.clock.run(client.create(createRequest("box", spec)));
  await node.clock.run(client.start("box"));
}
