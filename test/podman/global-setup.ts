import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { PodmanEngine } from "../../src/adapters/podman/podman-engine.ts";
import { PodmanService } from "../../src/adapters/podman/podman-service.ts";
import { readProcessLimits } from "../../src/adapters/podman/process-limits.ts";
import { makeBusybox } from "./images.ts";
import { allowPlainRegistries } from "./local-registry.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The socket of the one Podman service that all files share. */
    podmanSocket: string;
  }
}

/** One service for all files, started as the daemon starts it. Refuses to run on the machine's own Podman. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env["SANDBOX_STORE"] === undefined) {
    throw new Error("these tests start containers: run them as `scripts/sandbox vitest run --config ...`");
  }
  const home = await mkdtemp(join(tmpdir(), "podman-test-"));
  await allowPlainRegistries(home);
  const service = new PodmanService({ home });
  await service.ensure(AbortSignal.timeout(60_000));
  using engine = new PodmanEngine({ socket: () => service.socket, limits: readProcessLimits() });
  await makeBusybox(engine);
  project.provide("podmanSocket", service.socket);
  return async () => {
    await service[Symbol.asyncDispose]();
    await rm(home, { recursive: true });
  };
}
