import { describe, expect, it } from "vitest";
import type { ContainerEngine, EngineEvent } from "../ports/engine.ts";
import { createRequest } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";
import { SimulatedEngine } from "./simulated-engine.ts";

const IMAGE = "docker.io/library/nginx:1.28";

function machine() {
  const clock = new FakeClock();
  const engine = new SimulatedEngine({ clock });
  engine.images.set(IMAGE);
  return { clock, engine, client: engine.client };
}

/** Reads until the stream breaks or is ended; what it saw stands in `seen`. */
function listen(client: ContainerEngine) {
  const seen: string[] = [];
  const stop = new AbortController();
  const read = async () => {
    for await (const event of client.events(stop.signal)) seen.push(event.action);
  };
  const ended = read().then(
    () => "ended",
    (error: unknown) => error,
  );
  return { seen, ended, stop: (reason: string) => stop.abort(reason) };
}

describe("events", () => {
  it("tell a listener what happens from then on, in order, and end with its signal", async () => {
    const { clock, engine, client } = machine();
    await client.create(createRequest("a"));
    const listener = listen(client);
    await client.start("a");
    engine.podmanPause("a");
    engine.podmanUnpause("a");
    engine.killPayload("a");
    await client.remove("a", { force: false });
    await clock.settle();
    expect(listener.seen).toEqual(["init", "start", "pause", "unpause", "died", "cleanup", "remove"]);
    listener.stop("enough");
    expect(await listener.ended).toBe("enough");
  });

  it.each([
    ["lost to", false, []],
    ["replayed to", true, ["died", "cleanup"]],
  ])("that happen while the engine is away are %s a client that comes back", async (_, eventsReplayed, told) => {
    const { clock, engine, client } = machine();
    engine.lies.eventsReplayed = eventsReplayed;
    await client.create(createRequest("a"));
    await client.start("a");
    const first = listen(client);
    await clock.settle();
    engine.goAway();
    expect(await first.ended).toMatchObject({ code: "ARC_ENGINE_UNAVAILABLE" });
    engine.killPayload("a");
    engine.comeBack();
    const second = listen(client);
    await clock.settle();
    expect(first.seen).toEqual([]);
    expect(second.seen).toEqual(told);
    const stranger = listen(engine.newClient());
    await clock.settle();
    expect(stranger.seen).toEqual([]);
  });

  it("come late and out of order, or never, where the engine is told so", async () => {
    const { clock, engine, client } = machine();
    engine.lies.eventDelay = (event: EngineEvent) => (event.action === "create" ? 250 : 95);
    engine.lies.eventLost = (event) => event.action === "init";
    const listener = listen(client);
    await client.create(createRequest("a"));
    await client.start("a");
    await clock.advance(94);
    expect(listener.seen).toEqual([]);
    await clock.advance(1);
    expect(listener.seen).toEqual(["start"]);
    await clock.advance(1_000);
    expect(listener.seen).toEqual(["start", "create"]);
  });

  it("name the container by its id and carry the time at which it happened", async () => {
    const { clock, engine, client } = machine();
    engine.lies.eventDelay = () => 500;
    const id = await client.create(createRequest("a"));
    const at = clock.now();
    await clock.advance(500);
    expect(engine.events.delivered).toEqual([{ type: "container", action: "create", subject: id, at }]);
  });

  it("forget the oldest and go on for a reader that was away too long", async () => {
    const { engine, client } = machine();
    await client.create(createRequest("a"));
    await client.start("a");
    for (let turn = 0; turn < 10_000; turn++) await client.kill("a", "HUP");
    expect(engine.events.delivered.length).toBeLessThan(10_000);
    const found = engine.events.read(0);
    expect(found?.event.action).toBe("kill");
    expect(found?.next).toBeGreaterThan(1_000);
  });
});
