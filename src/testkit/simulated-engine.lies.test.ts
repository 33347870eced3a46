import { describe, expect, it } from "vitest";
import { ArcError } from "../core/errors/arc-error.ts";
import type { PortSpec } from "../core/spec/container-spec.ts";
import { createRequest } from "./builders.ts";
import type { ImageConfig } from "./engine/images.ts";
import { FakeClock } from "./fake-clock.ts";
import { SimulatedEngine } from "./simulated-engine.ts";

const IMAGE = "docker.io/library/nginx:1.28";
const PORT: PortSpec = { container: 80, host: 8080, protocol: "tcp", bind: "0.0.0.0" };
const code = (name: string): unknown => expect.objectContaining({ code: name });

/** A machine with one image. */
function machine(image: Partial<ImageConfig> = {}) {
  const clock = new FakeClock();
  const engine = new SimulatedEngine({ clock });
  engine.images.set(IMAGE, image);
  const run = async (name: string, ports: readonly PortSpec[] = []) => {
    const id = await engine.client.create(createRequest(name, { ports }));
    await engine.client.start(name);
    return id;
  };
  return { clock, engine, run, client: engine.client };
}

describe("a container whose conmon and process were killed", () => {
  it("runs for the engine and not for the kernel, and start answers that all is well", async () => {
    const { engine, run, client } = machine();
    const id = await run("a");
    const pid = engine.container("a")?.pid ?? 0;
    expect(engine.processes.alive(pid, id)).toBe(true);
    engine.killConmonAndPayload("a");
    await client.start("a");
    expect(engine.container("a")).toMatchObject({ state: "running", pid });
    expect(engine.processes.alive(pid, id)).toBe(false);
  });

  it("hangs in stopping until the caller gives up, refuses a kill, and needs two forced removals", async () => {
    const { clock, engine, run, client } = machine();
    await run("a");
    engine.killConmonAndPayload("a");
    const began = clock.now();
    await expect(clock.run(client.stop("a", 10_000))).rejects.toThrow(code("ARC_ENGINE_TIMEOUT"));
    expect(clock.now() - began).toBe(130_000);
    expect(engine.container("a")?.state).toBe("stopping");
    await expect(client.kill("a", "SIGKILL")).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    await expect(client.remove("a", { force: true })).rejects.toThrow(code("ARC_ENGINE_CONFLICT"));
    await client.remove("a", { force: true });
    expect(engine.containers()).toEqual([]);
  });

  it("is an ordinary dead container where the lie is off", async () => {
    const { engine, run } = machine();
    engine.lies.runningForEver = false;
    await run("a");
    engine.killConmonAndPayload("a");
    expect(engine.container("a")).toMatchObject({ state: "exited", exitCode: 137, pid: 0 });
  });

  it("stays in stopping even where stop answers at once", async () => {
    const { engine, run, client } = machine();
    engine.lies.stopOfDead = "returns";
    await run("a");
    engine.killConmonAndPayload("a");
    await client.stop("a", 10_000);
    expect(engine.container("a")?.state).toBe("stopping");
  });
});

describe("host ports", () => {
  it("fail a start that meets a foreign listener or another address of the same port, and only then", async () => {
    const { engine, client } = machine();
    engine.ports.occupy(8080, { bind: "127.0.0.1" });
    await client.create(createRequest("all", { ports: [PORT] }));
    await client.create(createRequest("other", { ports: [{ ...PORT, bind: "192.0.2.1" }] }));
    await expect(client.start("all")).rejects.toThrow(code("ARC_ENGINE_PORT"));
    await client.start("other");
    expect(engine.container("all")).toMatchObject({ state: "created", startedAt: 0 });
    expect((await client.inspect("all")).error).toContain("address already in use");
    engine.ports.vacate(8080);
    await client.stop("other", 0);
    await client.start("all");
    expect(await engine.ports.listening()).toEqual(new Set(["tcp/8080"]));
  });

  it("stay with the service after a start that failed later, even after the removal, until it restarts", async () => {
    const { engine, run, client } = machine();
    engine.images.set("broken", { behaviour: { does: "refuse", error: "runc: no such file" } });
    await client.create(createRequest("bad", { image: "broken", ports: [PORT] }));
    await expect(client.start("bad")).rejects.toThrow(code("ARC_ENGINE_RUNTIME"));
    await client.remove("bad", { force: true });
    await expect(run("good", [PORT])).rejects.toThrow(code("ARC_ENGINE_PORT"));
    engine.restartService();
    await client.start("good");
    expect(engine.container("good")?.state).toBe("running");
  });

  it("are free at once where that lie is off", async () => {
    const { engine, client } = machine({ behaviour: { does: "refuse", error: "no" } });
    engine.lies.failedStartKeepsPorts = false;
    await client.create(createRequest("bad", { ports: [PORT] }));
    await expect(client.start("bad")).rejects.toThrow(ArcError);
    expect(await engine.ports.listening()).toEqual(new Set());
  });
});

describe("what processes do", () => {
  it.each([
    ["serve", { does: "serve" }, { state: "running", exitCode: 0 }],
    ["exit after a while", { does: "exit", code: 3, after: 500 }, { state: "exited", exitCode: 3 }],
    ["crash at once", { does: "crash" }, { state: "exited", exitCode: 1 }],
    ["crash a second time", { does: "crash", times: 2, code: 139 }, { state: "exited", exitCode: 139 }],
    ["serve after a first crash", { does: "crash", times: 1 }, { state: "running", exitCode: 0 }],
  ] as const)("%s, seen at their second start", async (_, behaviour, seen) => {
    const { clock, engine, run, client } = machine({ behaviour });
    await run("a");
    await clock.advance(1_000);
    await client.start("a");
    await clock.advance(1_000);
    expect(engine.container("a")).toMatchObject(seen);
  });

  it.each([
    ["at once", {}, 0, 0],
    ["in their time", { stopTakes: 4_000, stopCode: 7 }, 4_000, 7],
    ["by SIGKILL at the end of their grace", { stopTakes: "ignores" }, 10_000, 137],
  ] as const)("end %s when they are stopped", async (_, serve, takes, exitCode) => {
    const { clock, engine, run, client } = machine({ behaviour: { does: "serve", ...serve } });
    await run("a");
    const began = clock.now();
    await clock.run(client.stop("a", 10_000));
    expect(clock.now() - began).toBe(takes);
    expect(engine.container("a")).toMatchObject({ state: "exited", exitCode, pid: 0 });
    expect(clock.waiting).toBe(0);
  });

  it("go on ending when the caller of stop gives up", async () => {
    const { clock, engine, run, client } = machine({ behaviour: { does: "serve", stopTakes: "ignores" } });
    await run("a");
    const enough = new AbortController();
    const stopping = client.stop("a", 10_000, enough.signal);
    enough.abort("enough");
    await expect(stopping).rejects.toBe("enough");
    expect(engine.container("a")?.state).toBe("stopping");
    await clock.advance(10_000);
    expect(engine.container("a")?.state).toBe("exited");
  });

  it("end only after the pause in which they wanted to end", async () => {
    const { clock, engine, run, client } = machine({ behaviour: { does: "exit", code: 0, after: 100 } });
    await run("a");
    engine.podmanPause("a");
    await clock.advance(1_000);
    expect(engine.container("a")?.state).toBe("paused");
    await client.unpause("a");
    expect(engine.container("a")?.state).toBe("exited");
  });

  it("are ready when they have run long enough, and live", async () => {
    const { clock, engine, run } = machine({ behaviour: { does: "serve", readyAfter: 300 } });
    await run("a");
    expect(engine.isReady("a")).toBe(false);
    await clock.advance(300);
    expect(engine.isReady("a")).toBe(true);
    engine.killConmonAndPayload("a");
    expect(engine.isReady("a")).toBe(false);
  });
});

describe("a reboot", () => {
  it("leaves every container created, its exit code lost and the time of its start kept", async () => {
    const { clock, engine, run, client } = machine({ behaviour: { does: "serve", stopCode: 5 } });
    await run("runs", [PORT]);
    await run("stopped");
    await client.stop("stopped", 0);
    const startedAt = engine.container("runs")?.startedAt;
    engine.reboot();
    await clock.settle();
    for (const row of engine.containers()) expect(row).toMatchObject({ state: "created", pid: 0, exitCode: 0 });
    expect(engine.container("runs")?.startedAt).toBe(startedAt);
    expect(engine.processes.count).toBe(0);
    await client.start("runs");
    expect(engine.container("runs")?.state).toBe("running");
  });
});
