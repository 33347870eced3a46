import type { ProbeManifest } from "../core/manifest/health-schema.ts";

/** Where a container answers. */
export interface ProbeTarget {
  /** The container's name in the engine, for command probes. */
  readonly name: string;
  /** Its address; null where it has none (network: none). */
  readonly address: string | null;
}

export interface ProbeResult {
  /** `loading`: it works and says that it is not ready yet. */
  readonly outcome: "pass" | "fail" | "loading";
  /** A short sentence: `HTTP 200`, `connection refused`, `exit 1: ...`. No secret, at most 300 characters. */
  readonly detail: string;
  /** 0 to 1, where the answer says how far it is. */
  readonly progress?: number;
}

export interface Prober {
  /** One attempt, at most the probe's timeout long. Never throws for what the container does. */
  probe(target: ProbeTarget, probe: ProbeManifest, signal: AbortSignal): Promise<ProbeResult>;
}
