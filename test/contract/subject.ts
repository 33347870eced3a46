import type { ContainerId } from "../../src/core/ids.ts";
import { appId } from "../../src/core/ids.ts";
import type { ContainerSummary } from "../../src/core/observed/observed.ts";
import type { ContainerSpec } from "../../src/core/spec/container-spec.ts";
import type { ContainerEngine, CreateRequest, LogLine } from "../../src/ports/engine.ts";

/** What an engine's author hands to the contract: an engine that is ready, and what the tests may use with it. */
export interface EngineHarness {
  readonly engine: ContainerEngine;
  /** An image that exists, sleeps for ever by default and holds /bin/sh and the usual commands of busybox. */
  readonly image: string;
  /** An existing folder of the host that containers may mount. Removed by `dispose`. */
  readonly directory: string;
  /** Puts an image into a registry, and not onto this machine: each call another one, which says what PUBLISHED says. */
  publish(): Promise<PublishedImage>;
  /** Makes a running container paused, behind the engine's back. */
  pause(ref: string): Promise<void>;
  /** Ends a container's process from outside, as a crash does. Resolves once the engine has been told. */
  crash(ref: string): Promise<void>;
  /** Removes everything the tests left. */
  dispose(): Promise<void>;
}

export interface PublishedImage {
  /** With its tag. */
  readonly reference: string;
  /** `sha256:...` */
  readonly digest: string;
}

/** What published images say of themselves. */
export const PUBLISHED = {
  env: { GREETING: "hello=there" },
  entrypoint: ["/bin/sleep"],
  command: ["2147483647"],
  user: "1000:1000",
  workingDir: "/srv",
  stopSignal: "SIGINT",
  volumes: ["/cache", "/data"],
} as const;

export interface EngineCapabilities {
  /** Whether the commands of containers really run: then what is seen from inside is tested too. */
  readonly shell: boolean;
}

/** Changes to the plainest request. */
export type RequestChanges = Omit<Partial<CreateRequest>, "spec"> & { readonly spec?: Partial<ContainerSpec> };

/** One test's view of the engine: makes requests with fresh names and gives back what it made. */
export class Subject {
  readonly engine: ContainerEngine;
  readonly harness: EngineHarness;
  readonly #prefix: string;
  readonly #containers: string[] = [];
  readonly #networks: string[] = [];
  #count = 0;

  constructor(harness: EngineHarness, prefix: string) {
    this.harness = harness;
    this.engine = harness.engine;
    this.#prefix = prefix;
  }

  name(): string {
    this.#count += 1;
    return `${this.#prefix}-${this.#count}`;
  }

  request(changes: RequestChanges = {}): CreateRequest {
    const { spec, ...rest } = changes;
    const request: CreateRequest = {
      name: this.name(),
      secretEnv: {},
      files: [],
      labels: {},
      annotations: {},
      ...rest,
      spec: {
        app: appId("contract"),
        container: "main",
        image: this.harness.image,
        args: [],
        env: {},
        secretEnv: {},
        init: false,
        mounts: [],
        tmpfs: [],
        files: [],
        network: { mode: "none" },
        ports: [],
        extraHosts: [],
        devices: [],
        capAdd: [],
        capDrop: [],
        privileged: false,
        readOnly: false,
        noNewPrivileges: true,
        ulimits: {},
        sysctls: {},
        labels: {},
        resources: {},
        stop: { signal: "SIGKILL", grace: 2_000 },
        ...spec,
      },
    };
    return request;
  }

  async create(changes: RequestChanges = {}): Promise<{ readonly id: ContainerId; readonly name: string }> {
    const request = this.request(changes);
    this.#containers.push(request.name);
    return { id: await this.engine.create(request), name: request.name };
  }

  async run(changes: RequestChanges = {}): Promise<{ readonly id: ContainerId; readonly name: string }> {
    const made = await this.create(changes);
    await this.engine.start(made.name);
    return made;
  }

  async network(labels: Readonly<Record<string, string>> = { "archipelago.owner": "contract" }): Promise<string> {
    const name = this.name();
    this.#networks.push(name);
    await this.engine.createNetwork({ name, app: null }, labels);
    return name;
  }

  async row(name: string): Promise<ContainerSummary | undefined> {
    return (await this.engine.list()).find((row) => row.name === name);
  }

  async state(name: string): Promise<string> {
    return (await this.row(name))?.state ?? "absent";
  }

  /** Resolves once the list says so; the test's own timeout bounds it. */
  async until(name: string, state: string): Promise<ContainerSummary> {
    for (;;) {
      const row = await this.row(name);
      if (row?.state === state) return row;
      await new Promise(setImmediate);
    }
  }

  /** Runs a script as the container's whole command and returns its exit code and everything it said. */
  async script(
    text: string,
    changes: RequestChanges = {},
  ): Promise<{ readonly name: string; readonly exitCode: number; readonly output: string }> {
    const { name } = await this.run({
      ...changes,
      spec: { entrypoint: ["/bin/sh", "-c"], args: [text], ...changes.spec },
    });
    const row = await this.until(name, "exited");
    const lines = await collect(this.engine.logs(name, { follow: false }));
    return { name, exitCode: row.exitCode, output: lines.map((line) => line.text).join("\n") };
  }

  async dispose(): Promise<void> {
    for (const name of this.#containers) await this.engine.remove(name, { force: true });
    for (const name of this.#networks) await this.engine.removeNetwork(name);
  }
}

export async function collect(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
