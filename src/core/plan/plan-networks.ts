import type { DesiredApp } from "../desired/desired.ts";
import type { ObservedNetwork } from "../observed/observed.ts";
import type { Matching, Slot } from "./match.ts";
import { isAboutToStart } from "./standing.ts";
import type { StepList } from "./step.ts";

/** It will join networks: at its start, or because it has left one that it shall be in. */
export function willJoin({ desired: { spec }, match, standing }: Slot): boolean {
  if (isAboutToStart(standing)) return true;
  if (!match?.alive || spec.network.mode !== "bridge") return false;
  return spec.network.networks.some(({ name }) => !match.summary.networks.includes(name));
}

/** Networks must be there before a container is made, started or connected on them. */
export function networkSteps(
  list: StepList,
  desired: DesiredApp,
  { slots }: Matching,
  networks: ReadonlyMap<string, ObservedNetwork> | null,
): void {
  // A network with running containers on it can't be removed without them showing it.
  if (networks === null || !slots.some(willJoin)) return;
  for (const network of desired.networks) {
    if (networks.has(network.name)) continue;
    const whose =
      network.app === null ? "shared" : network.app === desired.id ? "its own" : `the one of ${network.app}`;
    list.add(null, { op: "create-network", network }, `the network ${network.name} (${whose}) is missing`);
  }
}
