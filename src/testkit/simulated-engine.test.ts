import { describe, expect, it } from "vitest";
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

describe("meddling", () => {
  it("leaves no trace in the request log", async () => {
    const { engine, run, client } = machine();
    await run("a", [PORT]);
    engine.calls.length = 0;
    engine.copyOf("a", "b");
    engine.podmanRename("b", "c");
    engine.podmanStop("a");
    engine.runForeign({ name: "theirs", ports: [PORT], labels: { who: "me" } });
    engine.podmanRm("a");
    expect(engine.containers().map((row) => [row.name, row.state, row.labels, row.ports.length])).toEqual([
      ["c", "running", {}, 0],
      ["theirs", "running", { who: "me" }, 1],
    ]);
    await client.list();
    expect(engine.calls).toEqual([{ op: "list", ref: "" }]);
  });

  it("takes a container out of its network and gives it another address afterwards", async () => {
    const { engine, client } = machine();
    await client.createNetwork({ name: "n", app: null }, {});
    const network = { mode: "bridge", networks: [{ name: "n", aliases: ["web"] }] } as const;
    await client.create(createRequest("a", { network }));
    await client.start("a");
    const before = (await client.inspect("a")).attachments["n"]?.ip;
    engine.podmanDisconnect("a", "n");
    expect(engine.container("a")?.networks).toEqual([]);
    await client.connect("a", { name: "n", aliases: ["web"] });
    const after = (await client.inspect("a")).attachments["n"];
    expect(after?.aliases).toEqual(["web"]);
    expect(after?.ip).not.toBe(before);
  });

  it("tells the process of signals that do not end it", async () => {
    const { engine, run, client } = machine();
    await run("a");
    await client.kill("a", "SIGHUP");
    await client.kill("a", "USR1");
    expect(engine.signalsOf("a")).toEqual(["HUP", "USR1"]);
    expect(engine.container("a")?.state).toBe("running");
  });
});

describe("images", () => {
  it("are pulled in their time, or not", async () => {
    const { clock, engine, client } = machine();
    engine.images.set("slow", { present: false, pull: { takes: 9_000 } });
    engine.images.set("denied", { present: false, pull: { error: "429 Too Many Requests" } });
    engine.images.set("mute", { present: false, pull: { takes: "hangs" } });
    await clock.run(client.pull("slow", {}));
    expect(await client.imageExists("slow")).toBe(true);
    await expect(client.pull("denied", {})).rejects.toThrow("429");
    await expect(client.pull("nobody/knows", {})).rejects.toThrow(code("ARC_IMAGE_NOT_FOUND"));
    const stop = new AbortController();
    const mute = client.pull("mute", { signal: stop.signal });
    clock.timer(60_000, () => stop.abort("too long"));
    await expect(clock.run(mute)).rejects.toBe("too long");
  });

  it("are known where every reference is, once pulled", async () => {
    const { engine, client } = machine();
    engine.images.otherwise({});
    expect(await client.imageExists("any/thing:1")).toBe(false);
    await client.pull("any/thing:1", {});
    expect(await client.imageExists("any/thing:1")).toBe(true);
  });

  it("get their tag from a build, with another id each time", async () => {
    const { engine, client } = machine();
    const spec = { digest: "d", context: "/catalogue/web", containerfile: "Containerfile", args: {} };
    engine.images.set("broken", { present: false, build: { error: "COPY failed" } });
    await client.build(spec, "localhost/web:d", {});
    const first = engine.images.id("localhost/web:d");
    await client.build(spec, "localhost/web:d", {});
    expect(engine.images.id("localhost/web:d")).not.toBe(first);
    await expect(client.build(spec, "broken", {})).rejects.toThrow(code("ARC_IMAGE_BUILD"));
    expect(await client.imageExists("broken")).toBe(false);
  });
});

describe("logs", () => {
  it("are followed until the container ends", async () => {
    const { engine, run, client } = machine({ logs: ["up"] });
    await run("a");
    const texts: string[] = [];
    for await (const line of client.logs("a", { follow: true })) {
      texts.push(line.text);
      if (texts.length === 1) engine.say("a", "working", "stderr");
      if (texts.length === 2) engine.killPayload("a");
    }
    expect(texts).toEqual(["up", "working"]);
  });

  it("begin with the last lines asked for", async () => {
    const { engine, run, client } = machine();
    await run("a");
    for (const text of ["1", "2", "3"]) engine.say("a", text);
    const lines = await Array.fromAsync(client.logs("a", { follow: false, tail: 2 }));
    expect(lines.map((line) => line.text)).toEqual(["2", "3"]);
  });
});

describe("a health command", () => {
  it("answers what was scripted, what its image says, or that it is not ready yet", async () => {
    const { clock, engine, client } = machine({
      behaviour: { does: "serve", readyAfter: 100 },
      health: { exitCode: 0, output: "fine" },
    });
    await client.create(createRequest("a", { healthCommand: { command: ["check"], timeout: 1_000 } }));
    await client.start("a");
    expect(await client.healthcheck("a")).toEqual({ exitCode: 1, output: "not ready yet" });
    await clock.advance(100);
    expect(await client.healthcheck("a")).toEqual({ exitCode: 0, output: "fine" });
    engine.setHealth("a", { exitCode: 2, output: "sick" });
    expect(await client.healthcheck("a")).toEqual({ exitCode: 2, output: "sick" });
  });
});

describe("a look over an engine in which nothing moved", () => {
  it("gets the same rows again", async () => {
    const { engine, run, client } = machine();
    await run("a");
    await run("b");
    const before = await client.list();
    expect(await client.list()).toBe(before);
    engine.killPayload("b");
    const after = await client.list();
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });
});
