import type { DiffEntry } from "../core/diff/diff.ts";

export interface HistoryEntry {
  /** ms since the epoch. */
  readonly at: number;
  readonly app: string | null;
  readonly container: string | null;
  /** Who: `cli`, `dashboard`, `reconcile`, `outside`, `daemon`. */
  readonly actor: string;
  /** What: a step's op, or `drift`, `app.install`, `engine.lost`, ... */
  readonly action: string;
  readonly reason: string;
  readonly result: "ok" | "failed" | "noted";
  readonly detail: string;
  readonly diff: readonly DiffEntry[];
  /** Milliseconds; 0 where it took no time. */
  readonly duration: number;
}

export interface HistoryQuery {
  readonly app?: string;
  /** ms since the epoch. */
  readonly since?: number;
  /** Newest first; at most this many. */
  readonly limit: number;
}

/** Append-only, rotated by size. Losing it loses nothing that runs. */
export interface HistoryStore extends Disposable {
  append(entry: HistoryEntry): void;
  query(query: HistoryQuery): readonly HistoryEntry[];
}
