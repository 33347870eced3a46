import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PUBLISHED } from "../../test/contract/subject.ts";
import { describeEngineContract } from "../../test/engine-contract.ts";
import { FakeClock } from "./fake-clock.ts";
import { SimulatedEngine } from "./simulated-engine.ts";

/** What describeEngineContract asks of an engine's author. The simulation must behave as Podman does. */
describeEngineContract(
  "the simulated engine",
  async () => {
    const clock = new FakeClock(Date.now());
    const engine = new SimulatedEngine({ clock });
    const flow = clock.flow();
    const image = "localhost/contract:1";
    engine.images.set(image, { command: ["/bin/sleep", "infinity"] });
    let published = 0;
    const directory = await mkdtemp(join(tmpdir(), "contract-"));
    return {
      engine: engine.client,
      image,
      directory,
      publish: async () => {
        const reference = `registry.example/published/image:${(published += 1)}`;
        const digest = `sha256:${String(published).padStart(64, "d")}`;
        engine.images.set(reference, { ...PUBLISHED, present: false, digest, pull: { layers: 3 } });
        return { reference, digest };
      },
      pause: async (ref) => engine.podmanPause(ref),
      crash: async (ref) => engine.killPayload(ref),
      dispose: async () => {
        flow[Symbol.dispose]();
        await rm(directory, { recursive: true, force: true });
      },
    };
  },
  { shell: false },
);
