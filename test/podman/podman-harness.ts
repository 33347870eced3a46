import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { LibpodClient } from "../../src/adapters/podman/libpod-client.ts";
import { PodmanEngine, type PodmanOptions } from "../../src/adapters/podman/podman-engine.ts";
import { readProcessLimits } from "../../src/adapters/podman/process-limits.ts";
import { PUBLISHED, type PublishedImage } from "../contract/subject.ts";
import type { EngineHarness } from "../engine-contract.ts";
import { BUSYBOX } from "./images.ts";
import { LocalRegistry } from "./local-registry.ts";

/** An engine on the service that the global setup started. */
export function podmanEngine(options: Partial<PodmanOptions> = {}): PodmanEngine {
  return new PodmanEngine({ socket: () => inject("podmanSocket"), limits: readProcessLimits(), ...options });
}

export function rawClient(): LibpodClient {
  return new LibpodClient(() => inject("podmanSocket"));
}

export async function podmanHarness(): Promise<EngineHarness> {
  const engine = podmanEngine();
  const client = rawClient();
  const directory = await mkdtemp(join(tmpdir(), "contract-"));
  const published = new PublishedImages(engine, directory);
  return {
    engine,
    image: BUSYBOX,
    directory,
    publish: () => published.publish(),
    pause: async (ref) => {
      await client.call("POST", `/containers/${ref}/pause`, { operation: "stop", deadline: 10_000 });
    },
    crash: async (ref) => {
      const { pid } = await engine.inspect(ref);
      process.kill(pid, "SIGKILL");
    },
    dispose: async () => {
      engine[Symbol.dispose]();
      client[Symbol.dispose]();
      await published[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

/** Images in a registry that is started with the first of them. */
class PublishedImages implements AsyncDisposable {
  readonly #engine: PodmanEngine;
  readonly #directory: string;
  #registry: LocalRegistry | null = null;
  #count = 0;

  constructor(engine: PodmanEngine, directory: string) {
    this.#engine = engine;
    this.#directory = directory;
  }

  async publish(): Promise<PublishedImage> {
    this.#registry ??= await LocalRegistry.start();
    this.#count += 1;
    const context = join(this.#directory, "published");
    await mkdir(context, { recursive: true });
    const { env, entrypoint, command, user, workingDir, stopSignal, volumes } = PUBLISHED;
    const lines = [
      `FROM ${BUSYBOX}`,
      `LABEL count=${this.#count}`,
      ...Object.entries(env).map(([key, value]) => `ENV ${key}=${value}`),
      `USER ${user}`,
      `WORKDIR ${workingDir}`,
      `STOPSIGNAL ${stopSignal}`,
      `VOLUME ${JSON.stringify(volumes)}`,
      `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
      `CMD ${JSON.stringify(command)}`,
    ];
    await writeFile(join(context, "Containerfile"), lines.join("\n"));
    const tag = "localhost/published:1";
    await this.#engine.build({ digest: "", context, containerfile: "Containerfile", args: {} }, tag, {});
    const image = await this.#registry.push(tag, `published/image:${this.#count}`);
    await this.#engine.removeImage(tag);
    return image;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#registry?.[Symbol.asyncDispose]();
  }
}
