import type { HostFacts } from "../core/facts.ts";

export interface FactSource {
  /** The host as it is now, before node.yml's overrides. Cheap: called at every look. */
  read(): Promise<HostFacts>;
}
