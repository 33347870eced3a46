import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { describeImages } from "./contract/images.ts";
import { describeLifecycle } from "./contract/lifecycle.ts";
import { describeNetworking } from "./contract/networking.ts";
import { describeRoundTrip } from "./contract/round-trip.ts";
import { describeStreams } from "./contract/streams.ts";
import { type EngineCapabilities, type EngineHarness, Subject } from "./contract/subject.ts";
import { describeInside } from "./contract/inside.ts";

export type { EngineCapabilities, EngineHarness } from "./contract/subject.ts";

/**
 * The behaviour that every ContainerEngine must show, the simulated one as much as Podman. Engines whose containers do
 * not really run (`shell: false`) are spared what can only be seen from inside a container.
 */
export function describeEngineContract(
  name: string,
  makeHarness: () => Promise<EngineHarness>,
  capabilities: EngineCapabilities,
): void {
  describe(`${name} as a container engine`, () => {
    const current: { harness?: EngineHarness; subject?: Subject; count: number } = { count: 0 };
    beforeAll(async () => {
      current.harness = await makeHarness();
    });
    afterAll(async () => {
      await current.harness?.dispose();
    });
    beforeEach(() => {
      if (!current.harness) throw new Error("there is no harness");
      current.count += 1;
      current.subject = new Subject(current.harness, `t${current.count}`);
    });
    afterEach(async () => {
      await current.subject?.dispose();
    });
    const subject = (): Subject => {
      if (!current.subject) throw new Error("there is no subject outside of a test");
      return current.subject;
    };

    describeLifecycle(subject);
    describeImages(subject);
    describeRoundTrip(subject);
    describeNetworking(subject);
    describeStreams(subject);
    if (capabilities.shell) describeInside(subject);
  });
}
