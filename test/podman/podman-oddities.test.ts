import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bridgeAddress, needsPin } from "../../src/adapters/podman/bridge-pin.ts";
import { EXIT_DIRECTORY, watchExits } from "../../src/adapters/podman/exit-watch.ts";
import { asNumber, asRecord } from "../../src/adapters/podman/json-read.ts";
import type { NetworkMode } from "../../src/core/spec/container-spec.ts";
import type { PullProgress } from "../../src/ports/engine.ts";
import { collect, Subject } from "../contract/subject.ts";
import type { EngineHarness } from "../engine-contract.ts";
import { BUSYBOX } from "./images.ts";
import { podmanEngine, podmanHarness, rawClient } from "./podman-harness.ts";

const code = (name: string): unknown => expect.objectContaining({ name: "ArcError", code: name });

describe("Podman as it really behaves", () => {
  const world: { harness?: EngineHarness; rig?: Subject; count: number } = { count: 0 };
  beforeAll(async () => {
    world.harness = await podmanHarness();
  });
  afterAll(() => world.harness?.dispose());
  beforeEach(() => {
    if (!world.harness) throw new Error("there is no harness");
    world.count += 1;
    world.rig = new Subject(world.harness, `odd${world.count}`);
  });
  afterEach(() => world.rig?.dispose());
  const subject = (): Subject => {
    if (!world.rig) throw new Error("there is no subject outside of a test");
    return world.rig;
  };

  it("looks with one request", async () => {
    const rig = subject();
    await rig.run();
    const requests: string[] = [];
    using engine = podmanEngine({ onRequest: (method, path, status) => requests.push(`${method} ${path} ${status}`) });
    await engine.list();
    expect(requests).toEqual(["GET /containers/json 200"]);
  });

  describe("with conmon killed", () => {
    const conmonOf = async (name: string): Promise<number> => {
      using client = rawClient();
      const inspect = await client.json("GET", `/containers/${name}/json`, { operation: "look", deadline: 5_000 });
      return asNumber(asRecord(asRecord(inspect)["State"])["ConmonPid"]);
    };

    it("and then the payload, it says running for ever, and a removal by force ends it", async () => {
      const rig = subject();
      const { name } = await rig.run();
      const { pid } = await rig.engine.inspect(name);
      process.kill(await conmonOf(name), "SIGKILL");
      process.kill(pid, "SIGKILL");
      expect(await rig.row(name)).toMatchObject({ state: "running", pid });
      await rig.engine.start(name);
      expect(await rig.state(name)).toBe("running");
      await rig.engine.remove(name, { force: true });
      expect(await rig.state(name)).toBe("absent");
    });

    it("alone, a removal by force ends the payload too", async () => {
      const rig = subject();
      const { name } = await rig.run();
      const { pid } = await rig.engine.inspect(name);
      process.kill(await conmonOf(name), "SIGKILL");
      await rig.engine.remove(name, { force: true });
      expect(await rig.state(name)).toBe("absent");
      expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    });
  });

  it("names a port that a program of the host holds, and leaves the container created", async () => {
    const rig = subject();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(18_400, "0.0.0.0", resolve));
    const network: NetworkMode = { mode: "bridge", networks: [{ name: await rig.network(), aliases: [] }] };
    const ports = [{ container: 80, host: 18_400, protocol: "tcp", bind: "0.0.0.0" }] as const;
    const { name } = await rig.create({ spec: { network, ports } });
    await expect(rig.engine.start(name)).rejects.toThrow(code("ARC_ENGINE_PORT"));
    expect(await rig.state(name)).toBe("created");
    await new Promise((resolve) => server.close(resolve));
    await rig.engine.start(name);
    expect(await rig.state(name)).toBe("running");
  });

  it("says why a command can't be started", async () => {
    const rig = subject();
    const { name } = await rig.create({ spec: { entrypoint: ["/bin/nowhere"] } });
    await expect(rig.engine.start(name)).rejects.toThrow(code("ARC_ENGINE_RUNTIME"));
    await expect(rig.engine.start(name)).rejects.toThrow("/bin/nowhere");
  });

  describe("a pull", () => {
    it("from a registry that is down fails with its words, and soon", async () => {
      const lines: string[] = [];
      const pull = podmanEngine().pull("localhost:1/none/image:1", {
        signal: AbortSignal.timeout(20_000),
        progress: ({ line }) => lines.push(line),
      });
      await expect(pull).rejects.toThrow(code("ARC_REGISTRY_REFUSED"));
      await expect(pull).rejects.toThrow("connection refused");
      expect(lines.length).toBeGreaterThan(0);
    });

    it("from a registry that never answers ends when its signal fires", async () => {
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(18_500, "127.0.0.1", resolve));
      const pull = podmanEngine().pull("localhost:18500/none/image:1", { signal: AbortSignal.timeout(1_000) });
      await expect(pull).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
      silent.close();
    });
  });

  describe("a build", () => {
    const build = async (
      containerfile: string,
      args: Readonly<Record<string, string>>,
      tag: string,
    ): Promise<string[]> => {
      const context = await mkdtemp(join(tmpdir(), "build-"));
      try {
        await writeFile(join(context, "Containerfile"), containerfile);
        await writeFile(join(context, "file"), "from the context\n");
        const lines: string[] = [];
        const progress = ({ line }: PullProgress): unknown => lines.push(line);
        const spec = { digest: "", context, containerfile: "Containerfile", args };
        await podmanEngine().build(spec, tag, { progress, signal: AbortSignal.timeout(60_000) });
        return lines;
      } finally {
        await rm(context, { recursive: true });
      }
    };

    it("takes its context and arguments", async () => {
      const rig = subject();
      const tag = "localhost/archipelago-test/built:1";
      await build(`FROM ${BUSYBOX}\nARG WORD\nCOPY file /file\nRUN echo "$WORD" > /word\n`, { WORD: "a b $c" }, tag);
      expect((await rig.script("cat /file /word", { spec: { image: tag } })).output).toBe("from the context\na b $c");
    });

    it("that fails tells the last lines", async () => {
      const failing = build(
        `FROM ${BUSYBOX}\nRUN echo what went wrong; exit 3\n`,
        {},
        "localhost/archipelago-test/never:1",
      );
      await expect(failing).rejects.toThrow(code("ARC_IMAGE_BUILD"));
      await expect(failing).rejects.toThrow("what went wrong");
    });

    it("that declares a volume gives containers without one", async () => {
      const rig = subject();
      using client = rawClient();
      const volumes = (): Promise<unknown> =>
        client.json("GET", "/volumes/json", { operation: "look", deadline: 5_000 });
      const before = await volumes();
      const tag = "localhost/archipelago-test/volume:1";
      await build(`FROM ${BUSYBOX}\nRUN mkdir /hidden\nVOLUME /hidden\n`, {}, tag);
      const { name } = await rig.run({ spec: { image: tag } });
      expect((await rig.engine.inspect(name)).mounts).toEqual([]);
      expect(await volumes()).toEqual(before);
    });
  });

  it("tells of an ended process by conmon's exit file", async () => {
    const rig = subject();
    const stop = new AbortController();
    const exits = watchExits(EXIT_DIRECTORY, stop.signal);
    const next = exits.next();
    const { id, name } = await rig.run();
    await rig.harness.crash(name);
    let told = (await next).value;
    while (told !== id) told = (await exits.next()).value;
    stop.abort();
    expect(told).toBe(id);
  });

  it("keeps the bridge's address while containers come and go", async () => {
    const rig = subject();
    const network = await rig.network();
    const bridge = (await rig.engine.networks()).find(({ name }) => name === network)?.bridge ?? "";
    const address = (): string => networkInterfaces()[bridge]?.[0]?.mac ?? "";
    const on: NetworkMode = { mode: "bridge", networks: [{ name: network, aliases: [] }] };
    await rig.run({ spec: { network: on } });
    const first = address();
    expect(first).toMatch(/^..(:..){5}$/);
    if (needsPin((await rig.engine.info()).version)) expect(first).toBe(bridgeAddress(network));
    for (let round = 0; round < 3; round += 1) {
      const { name } = await rig.run({ spec: { network: on } });
      expect(address()).toBe(first);
      await rig.engine.remove(name, { force: true });
      expect(address()).toBe(first);
    }
  });

  it("leaves a foreign bridge alone", async () => {
    const rig = subject();
    const network = await rig.network({});
    const bridge = (await rig.engine.networks()).find(({ name }) => name === network)?.bridge ?? "";
    await rig.run({ spec: { network: { mode: "bridge", networks: [{ name: network, aliases: [] }] } } });
    expect(networkInterfaces()[bridge]?.[0]?.mac).not.toBe(bridgeAddress(network));
  });

  it("kills a container that holds out beyond its grace, and says so by its exit code", async () => {
    const rig = subject();
    const stubborn = { entrypoint: ["/bin/sh", "-c"], args: ["trap '' TERM; echo deaf; while :; do sleep 0.1; done"] };
    const { name } = await rig.run({ spec: { ...stubborn, stop: { signal: "SIGTERM", grace: 1_000 } } });
    // Before that it would hear.
    for await (const { text } of rig.engine.logs(name, { follow: true })) if (text === "deaf") break;
    const began = performance.now();
    await rig.engine.stop(name, 1_000);
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(await rig.row(name)).toMatchObject({ state: "exited", exitCode: 137 });
  });

  it("gives a process its own signal and the time to end well", async () => {
    const rig = subject();
    const polite = {
      entrypoint: ["/bin/sh", "-c"],
      args: ["trap 'echo bye; exit 0' USR1; echo up; while :; do sleep 0.1; done"],
    };
    const { name } = await rig.run({ spec: { ...polite, stop: { signal: "SIGUSR1", grace: 20_000 } } });
    for await (const line of rig.engine.logs(name, { follow: true })) if (line.text === "up") break;
    await rig.engine.stop(name, 20_000);
    expect(await rig.row(name)).toMatchObject({ state: "exited", exitCode: 0 });
    expect((await collect(rig.engine.logs(name, { follow: false }))).map(({ text }) => text)).toEqual(["up", "bye"]);
  });
});
