import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { LibpodClient } from "../../src/adapters/podman/libpod-client.ts";
import { PodmanEngine, type PodmanOptions } from "../../src/adapters/podman/podman-engine.ts";
import { readProcessLimits } from "../../src/adapters/podman/process-limits.ts";
import type { EngineHarness } from "../engine-contract.ts";
import { BUSYBOX } from "./images.ts";

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
  return {
    engine,
    image: BUSYBOX,
    directory,
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
      await rm(directory, { recursive: true });
    },
  };
}
