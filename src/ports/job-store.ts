import type { JobQuery, StoredJob } from "../core/job/stored-job.ts";

export type { JobQuery, StoredJob };

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
