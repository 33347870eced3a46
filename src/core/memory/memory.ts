import { NO_BACKOFF, type Backoff } from "./backoff.ts";

/** What a probe of one container has shown so far. Times are ms since the epoch. */
export interface ProbeMemory {
  readonly outcome: "unknown" | "pass" | "fail" | "loading";
  /** Failures in a row that count. */
  readonly failures: number;
  readonly detail: string;
  readonly at: number;
  readonly progress: number | null;
}

export const PROBE_KINDS = ["startup", "readiness", "liveness"] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** Of one run of one container: begins anew with each start. */
export interface RunMemory {
  /** As in OwnContainer. */
  readonly run: string;
  readonly probes: Readonly<Partial<Record<ProbeKind, ProbeMemory>>>;
}

/** What a daemon remembers of one app between looks. Losing it costs probes and pauses, nothing else. */
export interface AppMemory {
  readonly backoff: Backoff;
  /** What the last attempt failed with; null: it did not fail. */
  readonly lastError: string | null;
  /** Container's engine name -> how many tries to stop or remove it were in vain. */
  readonly stuck: ReadonlyMap<string, number>;
  /** Engine id -> its present run. */
  readonly runs: ReadonlyMap<string, RunMemory>;
}

export const EMPTY_MEMORY: AppMemory = { backoff: NO_BACKOFF, lastError: null, stuck: new Map(), runs: new Map() };
