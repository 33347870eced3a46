export type JobKind = "install" | "update" | "uninstall" | "adopt" | "restart";

export type JobState = "running" | "done" | "failed" | "cancelled";

/** What is kept of a job. Its phase and progress are no part of it: they are computed from each look. */
export interface StoredJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly apps: readonly string[];
  /** Who asked: `cli`, `dashboard`. */
  readonly actor: string;
  readonly state: JobState;
  /** Why it ended as it did; empty while it runs. */
  readonly reason: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** ms since the epoch; null while it runs. */
  readonly endedAt: number | null;
  /** JSON: what was asked. */
  readonly request: unknown;
  /** JSON: the edits of node.yml that take it back. */
  readonly undo: unknown;
  /** JSON: what it must remember to go on after a restart, such as that the data was moved. */
  readonly note: unknown;
}

export interface JobQuery {
  readonly app?: string;
  /** Newest first; at most this many. */
  readonly limit: number;
}

/**
 * Jobs, by id. Nothing here throws: losing them loses nothing that runs. A job that can't be written is told once and
 * kept in memory until it can be. The order is that in which jobs were first saved, newest first, whatever the clock.
 */
export interface JobStore {
  /** Adds it, or replaces the one with its id. It is on the disk when this returns. */
  save(job: StoredJob): void;
  /** Those that run, however old, and the last 200 that ended: for the start of a daemon. */
  load(): readonly StoredJob[];
  get(id: string): StoredJob | null;
  list(query: JobQuery): readonly StoredJob[];
}
