import type { JobView } from "./job.ts";

/** What is kept of a job. Its phase and progress are no part of it: they are computed from each look. */
export interface StoredJob extends Pick<JobView, "id" | "kind" | "apps" | "actor" | "state" | "createdAt" | "endedAt"> {
  /** Why it ended as it did; empty while it runs. */
  readonly reason: string;
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
