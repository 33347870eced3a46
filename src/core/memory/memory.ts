import type { Op } from "../plan/plan.ts";
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

/** Of one image that could not be fetched. */
export interface FetchMemory {
  readonly backoff: Backoff;
  readonly error: string;
  /** The same again would give the same: the name or the right to it is wrong, or its build fails. */
  readonly permanent: boolean;
}

/** A step that failed. */
export interface FailedStep {
  readonly op: Op;
  readonly container: string | null;
  /** Of the container in the engine, where it was about one. */
  readonly name: string | null;
  readonly error: string;
}

/** What a daemon remembers of one app between looks. Losing it costs probes and pauses, nothing else. */
export interface AppMemory {
  readonly backoff: Backoff;
  /** What the last attempt failed with; null: it did not fail. */
  readonly lastError: string | null;
  /** The step that the last attempt failed with. */
  readonly failedStep: FailedStep | null;
  /** By image; those that were fetched since are left out. */
  readonly fetches: ReadonlyMap<string, FetchMemory>;
  /** Since when all its containers have done their work without a break, ms; null: they do not. */
  readonly goodSince: number | null;
  /** Since when all the new ones of a generation have done their work while one that did not change does not, ms. */
  readonly oldFailsSince: number | null;
  /** Engine names of containers that were stopped by us and not started since: how they ended says nothing of them. */
  readonly stopped: ReadonlySet<string>;
  /** Container's engine name -> how many tries to stop or remove it were in vain. */
  readonly stuck: ReadonlyMap<string, number>;
  /** Engine id -> its present run. */
  readonly runs: ReadonlyMap<string, RunMemory>;
}

export const EMPTY_MEMORY: AppMemory = {
  backoff: NO_BACKOFF,
  lastError: null,
  failedStep: null,
  fetches: new Map(),
  goodSince: null,
  oldFailsSince: null,
  stopped: new Set(),
  stuck: new Map(),
  runs: new Map(),
};
