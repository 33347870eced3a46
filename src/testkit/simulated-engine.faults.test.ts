import { describe, expect, it } from "vitest";
import { ArcError } from "../core/errors/arc-error.ts";
import { createRequest } from "./builders.ts";
import { DaemonKilled, type FaultWhen } from "./engine/faults.ts";
import { FakeClock } from "./fake-clock.ts";
import { SimulatedEngine, type SimulatedEngineOptions } from "./simulated-engine.ts";

const IMAGE = "docker.io/library/nginx:1.28";
const PORTS = [{ container: 80, host: 8080, protocol: "tcp", bind: "0.0.0.0" }] as const;
const code = (name: string): unknown => expect.objectContaining({ code: name });

const reasonOf = (outcome: PromiseSettledResult<unknown>): unknown =>
  outcome.status === "rejected" ? outcome.reason : "no failure";

function machine(options: Partial<SimulatedEngineOptions> = {}) {
  const clock = new FakeClock();
  const engine = new SimulatedEngine({ clock, ...options });
  engine.images.set(IMAGE);
  return { clock, engine, client: engine.client };
}

describe("a planned fault", () => {
  it.each([
    ["before", "absent"],
    ["after", "created"],
    ["partial", "absent"],
    ["hang", "absent"],
  ] as const)("%s a create leaves the container %s and throws", async (when: FaultWhen, state) => {
    const { clock, engine, client } = machine();
    const error = new ArcError("ARC_ENGINE_REFUSED", "planned");
    engine.faults.fail("create", 1, when, error);
    const thrown = when === "hang" ? code("ARC_ENGINE_TIMEOUT") : error;
    await expect(clock.run(client.create(createRequest("a")))).rejects.toEqual(thrown);
    expect(engine.container("a")?.state ?? "absent").toBe(state);
  });

  it("strikes the call of its number alone, counted for that op from the plan on", async () => {
    const { engine, client } = machine();
    await client.create(createRequest("a"));
    engine.faults.fail("create", 2, "before");
    await client.create(createRequest("b"));
    await client.list();
    await expect(client.create(createRequest("c"))).rejects.toThrow(code("ARC_ENGINE_REFUSED"));
    await client.create(createRequest("c"));
    expect(engine.faults.pending).toBe(0);
  });

  it("that hangs ends with the caller's signal", async () => {
    const { engine, client, clock } = machine();
    engine.faults.fail("list", 1, "hang");
    const stop = new AbortController();
    const list = client.list(stop.signal);
    stop.abort("enough");
    await expect(list).rejects.toBe("enough");
    expect(clock.waiting).toBe(0);
  });

  it("half-way through a create leaves a taken name that no list shows, until a forced removal", async () => {
    const { engine, client } = machine();
    engine.faults.fail("create", 1, "partial");
    await expect(client.create(createRequest("a"))).rejects.toThrow(ArcError);
    await client.remove("a", { force: false });
    await expect(client.create(createRequest("a"))).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    await client.remove("a", { force: true });
    await client.create(createRequest("a"));
  });

  it("half-way through a start leaves its port bound, through a stop the process ending, through a remove a ruin", async () => {
    const { clock, engine, client } = machine();
    engine.images.set(IMAGE, { behaviour: { does: "serve", stopTakes: 1_000 } });
    for (const op of ["start", "stop", "remove"] as const) engine.faults.fail(op, 1, "partial");
    await client.create(createRequest("a", { ports: PORTS }));
    await expect(client.start("a")).rejects.toThrow(ArcError);
    await expect(client.start("a")).rejects.toThrow(code("ARC_ENGINE_PORT"));
    engine.restartService();
    await client.start("a");
    await expect(client.stop("a", 5_000)).rejects.toThrow(ArcError);
    expect(engine.container("a")?.state).toBe("stopping");
    await clock.advance(1_000);
    expect(engine.container("a")?.state).toBe("exited");
    await expect(client.remove("a", { force: false })).rejects.toThrow(ArcError);
    expect(engine.container("a")?.state).toBe("removing");
    await client.remove("a", { force: false });
    expect(engine.containers()).toEqual([]);
  });
});

describe("the daemon's death", () => {
  it.each([
    ["before", "created"],
    ["after", "running"],
  ] as const)("%s the effect of a mutating call leaves the container %s", async (when, state) => {
    const { engine, client } = machine();
    engine.faults.killAt(2, when);
    await client.create(createRequest("a"));
    await client.list();
    await expect(client.start("a")).rejects.toThrow(DaemonKilled);
    expect(client.killed.aborted).toBe(true);
    await expect(client.list()).rejects.toThrow(DaemonKilled);
    expect(engine.container("a")?.state).toBe(state);
    const next = engine.newClient();
    expect(await next.list()).toHaveLength(1);
    await expect(client.list()).rejects.toThrow(DaemonKilled);
  });

  it("ends its calls under way and its streams, and the engine finishes what it was asked for", async () => {
    const { clock, engine, client } = machine({ costs: { start: 200 } });
    await client.create(createRequest("a"));
    const underWay = Promise.allSettled([
      Array.fromAsync(client.events(new AbortController().signal)),
      client.start("a"),
    ]);
    await clock.settle();
    client.kill9();
    expect((await underWay).map(reasonOf)).toEqual([expect.any(DaemonKilled), expect.any(DaemonKilled)]);
    expect(engine.container("a")?.state).toBe("created");
    await clock.advance(200);
    expect(engine.container("a")?.state).toBe("running");
  });
});

describe("an engine that goes away", () => {
  it("fails every call, those under way too, and its containers live on", async () => {
    const { clock, engine, client } = machine({ costs: { inspect: 50 } });
    await client.create(createRequest("a"));
    await client.start("a");
    const underWay = Promise.allSettled([
      client.inspect("a"),
      Array.fromAsync(client.events(new AbortController().signal)),
    ]);
    await clock.settle();
    engine.goAway();
    expect((await underWay).map(reasonOf)).toEqual([code("ARC_ENGINE_UNAVAILABLE"), code("ARC_ENGINE_UNAVAILABLE")]);
    await expect(client.list()).rejects.toThrow(code("ARC_ENGINE_UNAVAILABLE"));
    await expect(Array.fromAsync(client.events(new AbortController().signal))).rejects.toThrow(
      code("ARC_ENGINE_UNAVAILABLE"),
    );
    engine.comeBack();
    expect(await client.list()).toMatchObject([{ name: "a", state: "running" }]);
  });

  it("forgets a start that it had not begun, and never kills what it was stopping", async () => {
    const { clock, engine, client } = machine({ costs: { start: 100 } });
    engine.images.set("stubborn", { behaviour: { does: "serve", stopTakes: "ignores" } });
    await client.create(createRequest("a"));
    await client.create(createRequest("b", { image: "stubborn" }));
    await clock.run(client.start("b"));
    const lost = Promise.allSettled([client.start("a"), client.stop("b", 1_000)]);
    engine.restartService();
    expect((await lost).map(reasonOf)).toEqual([code("ARC_ENGINE_UNAVAILABLE"), code("ARC_ENGINE_UNAVAILABLE")]);
    await clock.advance(60_000);
    expect(engine.container("a")?.state).toBe("created");
    expect(engine.container("b")?.state).toBe("stopping");
    await clock.run(client.stop("b", 1_000));
    expect(engine.container("b")?.state).toBe("exited");
  });
});
