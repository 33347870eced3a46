import fc from "fast-check";
import { expect, it } from "vitest";
import { createRequest } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";
import { SimulatedEngine } from "./simulated-engine.ts";

const NAMES = ["a", "b", "c"] as const;
const PORTS = [{ container: 80, host: 8080, protocol: "tcp", bind: "0.0.0.0" }] as const;

/** Everything that may happen to a container, by the daemon or behind its back. Refusals are part of it. */
const DEEDS = {
  create: (engine, name) => engine.client.create(createRequest(name, { image: name, ports: PORTS })),
  start: (engine, name) => engine.client.start(name),
  stop: (engine, name) => engine.client.stop(name, 2_000),
  kill: (engine, name) => engine.client.kill(name, "SIGKILL"),
  remove: (engine, name) => engine.client.remove(name, { force: false }),
  removeForce: (engine, name) => engine.client.remove(name, { force: true }),
  unpause: (engine, name) => engine.client.unpause(name),
  podmanPause: async (engine, name) => engine.podmanPause(name),
  podmanStop: async (engine, name) => engine.podmanStop(name),
  killPayload: async (engine, name) => engine.killPayload(name),
  killBoth: async (engine, name) => engine.killConmonAndPayload(name),
  reboot: async (engine) => engine.reboot(),
  restartService: async (engine) => engine.restartService(),
  partialStart: async (engine) => engine.faults.fail("start", 1, "partial"),
  partialStop: async (engine) => engine.faults.fail("stop", 1, "partial"),
  partialRemove: async (engine) => engine.faults.fail("remove", 1, "partial"),
} as const satisfies Record<string, (engine: SimulatedEngine, name: string) => Promise<unknown>>;

/** Starts and creates as often as all the rest, so that most of it meets something that runs. */
const deed = fc.record({
  name: fc.constantFrom(...NAMES),
  does: fc.oneof(fc.constantFrom(DEEDS.start, DEEDS.create), fc.constantFrom(...Object.values(DEEDS))),
  pause: fc.constantFrom(0, 100, 5_000),
});
const story = fc.array(deed, { minLength: 10, maxLength: 60, size: "max" });

async function live(deeds: readonly (typeof deed extends fc.Arbitrary<infer T> ? T : never)[]) {
  const clock = new FakeClock();
  const engine = new SimulatedEngine({ clock });
  engine.images.set("a", { behaviour: { does: "serve", stopTakes: 300 } });
  engine.images.set("b", { behaviour: { does: "serve", stopTakes: "ignores" } });
  engine.images.set("c", { behaviour: { does: "exit", code: 3, after: 1_000 } });
  for (const name of NAMES) await DEEDS.create(engine, name);
  for (const { name, does, pause } of deeds) {
    const done = Promise.allSettled([does(engine, name)]);
    await clock.advance(pause);
    await holds(engine);
    void done;
  }
  await clock.advance(600_000);
  await holds(engine);
  expect(clock.waiting).toBe(0);
  return [engine.containers(), engine.events.delivered];
}

/** What is true of the engine at every moment. */
async function holds(engine: SimulatedEngine): Promise<void> {
  const rows = engine.containers();
  for (const row of rows) {
    const runs = ["running", "paused", "stopping"].includes(row.state);
    expect(row.pid > 0, `${row.state} with pid ${row.pid}`).toBe(runs);
    if (!runs) expect(engine.isReady(row.id)).toBe(false);
  }
  const alive = rows.filter((row) => engine.processes.alive(row.pid, row.id));
  expect(engine.processes.count).toBe(alive.length);
  expect(alive.length).toBeLessThanOrEqual(1);
  if (alive.length === 1) expect(await engine.ports.listening()).toContain("tcp/8080");
}

it("never has two holders of a port, a pid without a running state, or a process without a container", async () => {
  await fc.assert(fc.asyncProperty(story, async (deeds) => void (await live(deeds))));
});

it("goes the same way each time", async () => {
  const again = fc.asyncProperty(story, async (deeds) => {
    expect(await live(deeds)).toEqual(await live(deeds));
  });
  await fc.assert(again, { numRuns: 30 });
});
