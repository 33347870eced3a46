import type { DesiredApp } from "../desired/desired.ts";
import type { ObservedNetwork } from "../observed/observed.ts";
import type { Matching } from "./match.ts";
import { isAboutToStart } from "./standing.ts";
import type { StepList } from "./step.ts";

/** Networks must be there before a container is made or started on them. */
export function networkSteps(
  list: StepList,
  desired: DesiredApp,
  { slots }: Matching,
  networks: ReadonlyMap<string, ObservedNetwork> | null,
): void {
  // A network with running containers on it can't be removed without them showing it.
  if (networks === null || !slots.some(({ standing }) => isAboutToStart(standing))) return;
  for (const network of desired.networks) {
    if (networks.has(network.name)) continue;
    const whose =
      network.app === null ? "shared" : network.app === desired.id ? "its own" : `the one of ${network.app}`;
    list.add(null, { op: "create-network", network }, `the network ${network.name} (${whose}) is missing`);
  }
}
