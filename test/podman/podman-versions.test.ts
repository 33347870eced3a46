import { networkInterfaces } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { asList, asRecord, type Json } from "../../src/adapters/podman/json-read.ts";
import { type RawAnswer, rawRequest } from "../../src/testkit/raw-request.ts";
import { type RequestChanges, Subject } from "../contract/subject.ts";
import type { EngineHarness } from "../engine-contract.ts";
import { BUSYBOX } from "./images.ts";
import { podmanHarness } from "./podman-harness.ts";

/**
 * What Podman does otherwise from one major version to the next, as its API says it and before our adapter reads it.
 * docs/podman-versions.md says the same in words. A version without a column fails here: look what it does, and add it.
 */
interface Difference {
  readonly what: string;
  readonly look: (podman: Raw) => Promise<unknown>;
  readonly on: { readonly 4: unknown; readonly 5: unknown };
}

const MIB = 1024 * 1024;
const SHELL = { entrypoint: ["/bin/sh", "-c"], args: ["true"], stop: { signal: "SIGUSR1", grace: 1_000 } } as const;

const DIFFERENCES: readonly Difference[] = [
  {
    what: "a create of an image that is not there",
    look: ({ post }) => post("/containers/create", { image: "localhost/nowhere:1" }),
    on: { 4: [500, "image not known"], 5: [404, "image not known"] },
  },
  {
    what: "a removal by force of what lost its monitor",
    look: async ({ rig, inspect, call }) => {
      const { name } = await rig.run();
      process.kill(Number(asRecord((await inspect(name))["State"])["ConmonPid"]), "SIGKILL");
      const remove = (): Promise<Said> => call("DELETE", `/containers/${name}?force=true&timeout=0`);
      return [(await remove())[0], (await remove())[0]];
    },
    on: { 4: [200, 404], 5: [500, 200] },
  },
  {
    what: "a start of what was made ready, whose process has died since",
    look: async ({ rig, inspect, post, call }) => {
      const { name } = await rig.create();
      await post(`/containers/${name}/init`);
      process.kill(Number(asRecord((await inspect(name))["State"])["Pid"]), "SIGKILL");
      await call("POST", `/containers/${name}/wait?condition=exited`);
      return (await post(`/containers/${name}/start`))[0];
    },
    on: { 4: 204, 5: 500 },
  },
  {
    what: "aliases of a network behind those that were asked for: the short id, and the hostname",
    look: async ({ rig, inspect }) => {
      const network = { name: await rig.network(), aliases: ["asked"] };
      const made = await rig.create({ spec: { hostname: "box", network: { mode: "bridge", networks: [network] } } });
      const attached = asRecord(asRecord((await inspect(made.name))["NetworkSettings"])["Networks"])[network.name];
      return asList(asRecord(attached)["Aliases"]).map((alias) => (alias === made.id.slice(0, 12) ? "<id>" : alias));
    },
    on: { 4: ["asked", "<id>"], 5: ["asked", "<id>", "box"] },
  },
  {
    what: "a bridge's address when a second container joins and the first one leaves",
    look: async ({ rig }) => {
      // Not one of ours: those are pinned.
      const name = await rig.network({});
      const bridge = (await rig.engine.networks()).find((network) => network.name === name)?.bridge ?? "";
      const address = (): string | undefined => networkInterfaces()[bridge]?.[0]?.mac;
      const join: RequestChanges = { spec: { network: { mode: "bridge", networks: [{ name, aliases: [] }] } } };
      // A bridge that nobody gave an address has the lowest of its ports': the one or the other step changes it.
      const first = await rig.run(join);
      const seen = new Set([address()]);
      await rig.run(join);
      seen.add(address());
      await rig.engine.remove(first.name, { force: true });
      seen.add(address());
      return seen.size === 1 ? "stays" : "changes";
    },
    on: { 4: "changes", 5: "stays" },
  },
  {
    what: "signal and entrypoint of an inspect, asked as the API of 4.0",
    look: async ({ rig, inspect }) => told(await inspect((await rig.create({ spec: SHELL })).name)),
    on: { 4: [10, "/bin/sh -c"], 5: [10, "/bin/sh -c"] },
  },
  {
    what: "signal and entrypoint of an inspect, asked as the API of 5.0",
    look: async ({ rig, inspect }) => told(await inspect((await rig.create({ spec: SHELL })).name, "v5.0.0")),
    on: { 4: [10, "/bin/sh -c"], 5: ["SIGUSR1", ["/bin/sh", "-c"]] },
  },
  {
    what: "the environment that the engine adds to a container that ran",
    look: async ({ rig, inspect }) => {
      const { name } = await rig.run();
      return names(asRecord((await inspect(name))["Config"])["Env"]);
    },
    on: { 4: ["HOSTNAME", "PATH", "TERM", "container"], 5: ["HOME", "HOSTNAME", "PATH", "container"] },
  },
  {
    what: "an engine's secret in the environment of an inspect",
    look: async ({ rig, inspect, call, post }) => {
      await call("POST", "/secrets/create?name=word", "open sesame");
      const name = rig.name();
      await post("/containers/create", { name, image: BUSYBOX, secret_env: { WORD: "word" } });
      try {
        await rig.engine.start(name);
        const env = asList(asRecord((await inspect(name))["Config"])["Env"]);
        return env.filter((entry) => /^word=/i.test(String(entry)));
      } finally {
        await rig.engine.remove(name, { force: true });
        await call("DELETE", "/secrets/word");
      }
    },
    // By the secret's name, not by the variable's.
    on: { 4: ["WORD=open sesame"], 5: ["word=*******"] },
  },
  {
    what: "what is given to a container that asks for no capability",
    look: async ({ rig, inspect }) => {
      const { name } = await rig.create();
      return asList((await inspect(name))["BoundingCaps"]).length;
    },
    on: { 4: 14, 5: 11 },
  },
  {
    what: "a limit of memory that is changed while the container runs, in the inspect",
    look: async ({ rig, inspect, post }) => {
      const name = rig.name();
      await post("/containers/create", { name, image: BUSYBOX, resource_limits: { memory: { limit: 64 * MIB } } });
      try {
        await rig.engine.start(name);
        const [status] = await post(`/containers/${name}/update`, { memory: { limit: 96 * MIB } });
        return [status, Number(asRecord((await inspect(name))["HostConfig"])["Memory"]) / MIB];
      } finally {
        await rig.engine.remove(name, { force: true });
      }
    },
    on: { 4: [201, 64], 5: [201, 96] },
  },
  {
    what: "the same change of a container of ours, whose health check is NONE",
    look: async ({ rig, post }) =>
      post(`/containers/${(await rig.run()).name}/update`, { memory: { limit: 96 * MIB } }),
    on: { 4: [201, ""], 5: [500, "healthcheck-timeout must be at least 1 second"] },
  },
];

/** Status, and the cause of a failure. */
type Said = readonly [status: number, cause: string];

/** Podman's API as it is, beside a rig that makes containers. */
class Raw {
  readonly rig: Subject;

  constructor(rig: Subject) {
    this.rig = rig;
  }

  readonly call = async (method: string, path: string, body?: string): Promise<Said> => {
    const answer = await this.#ask(method, path, body);
    const cause = answer.status < 400 ? "" : asRecord(JSON.parse(answer.text))["cause"];
    return [answer.status, typeof cause === "string" ? cause : ""];
  };

  readonly post = (path: string, body: object = {}): Promise<Said> => this.call("POST", path, JSON.stringify(body));

  readonly inspect = async (name: string, api?: string): Promise<Json> =>
    asRecord(JSON.parse((await this.#ask("GET", `/containers/${name}/json`, undefined, api)).text));

  #ask(method: string, path: string, body?: string, api = "v4.0.0"): Promise<RawAnswer> {
    return rawRequest({
      socketPath: inject("podmanSocket"),
      method,
      path: `/${api}/libpod${path}`,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body }),
    });
  }
}

/** What an inspect tells of SHELL. */
function told(inspect: Json): readonly unknown[] {
  const { StopSignal, Entrypoint } = asRecord(inspect["Config"]);
  return [StopSignal, Entrypoint];
}

const names = (env: unknown): readonly string[] =>
  asList(env)
    .map((entry) => String(entry).split("=")[0] ?? "")
    .toSorted();

describe("what differs between versions of Podman", () => {
  const world: { harness?: EngineHarness; rig?: Subject; version: string } = { version: "" };
  beforeAll(async () => {
    world.harness = await podmanHarness();
    world.version = (await world.harness.engine.info()).version;
  });
  afterAll(() => world.harness?.dispose());
  beforeEach(() => {
    if (!world.harness) throw new Error("there is no harness");
    world.rig = new Subject(world.harness, "differs");
  });
  afterEach(() => world.rig?.dispose());

  it.each(DIFFERENCES)("$what", async ({ look, on }) => {
    if (!world.rig) throw new Error("there is no subject outside of a test");
    const found = await look(new Raw(world.rig));
    const expected = new Map(Object.entries(on)).get(world.version.split(".")[0] ?? "");
    expect(found, `Podman ${world.version}`).toEqual(expected);
  });
});
