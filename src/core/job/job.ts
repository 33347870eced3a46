export const JOB_KINDS = ["install", "update", "uninstall", "adopt", "restart"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** A request that takes time, as people see it. Phase and progress are computed from the newest look, never stored. */
export interface JobView {
  readonly id: string;
  readonly kind: JobKind;
  readonly apps: readonly string[];
  /** Who asked: `cli` or `dashboard`. */
  readonly actor: string;
  readonly state: "running" | "done" | "failed" | "cancelled";
  /** What it does now: `fetch`, `create`, `start`, `prove`, ...; empty once it is over. */
  readonly phase: string;
  /** How far the phase is, where that is known. */
  readonly progress: { readonly done: number; readonly total: number; readonly unit: string } | null;
  /** A sentence: what it is doing, or how it ended. */
  readonly reason: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** Why it can't be cancelled; null: it can. */
  readonly fixed: string | null;
}
