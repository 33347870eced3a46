import type { DatabaseSync } from "node:sqlite";
import type { HistoryStore } from "../../ports/history-store.ts";
import type { JobStore } from "../../ports/job-store.ts";
import { setAside } from "./set-aside.ts";
import { SqliteHistoryStore } from "./sqlite-history-store.ts";
import { SqliteJobStore } from "./sqlite-job-store.ts";
import { isUnusable, sentenceOf } from "./sqlite-error.ts";
import { openDatabase } from "./state-database.ts";

export interface StateOptions {
  /** The oldest entries of the history go beyond so many, or beyond so many bytes of the file in use. */
  readonly maxRows?: number;
  readonly maxBytes?: number;
  /** Limits of the history are checked once in so many appends. */
  readonly checkEvery?: number;
  /** The oldest ended jobs go beyond so many. */
  readonly maxJobs?: number;
  /** ms since the epoch, for the name under which a corrupt database is set aside. */
  readonly now?: () => number;
  /** Told once when writing begins to fail, with a sentence. Entries of the history are lost meanwhile, jobs are not. */
  readonly onError?: (message: string) => void;
}

export interface StateStores {
  readonly history: HistoryStore;
  readonly jobs: JobStore;
}

export interface OpenedState extends StateStores, Disposable {
  /** A sentence for the owner where history and jobs were lost or are not kept; null: all is well. */
  readonly notice: string | null;
}

/**
 * Opens state.db at `path` and never throws: losing it loses nothing that runs. A database that can't be used is set
 * aside with a date in its name and replaced. Where no file can be opened or made at all (a full disk, a folder in its
 * place), history and jobs are kept in memory.
 */
export function openState(path: string, options: StateOptions = {}): OpenedState {
  const open = (at: string): StateStores => storesAt(openDatabase(at), options);
  const opened = openOrReplace(path, open, options.now ?? Date.now);
  return { ...opened, [Symbol.dispose]: () => opened.history[Symbol.dispose]() };
}

function openOrReplace(
  path: string,
  open: (at: string) => StateStores,
  now: () => number,
): StateStores & Pick<OpenedState, "notice"> {
  try {
    try {
      return { ...open(path), notice: null };
    } catch (error) {
      if (!isUnusable(error)) throw error;
      const aside = setAside(path, now());
      const begin = "history and jobs begin anew";
      return {
        ...open(path),
        notice: `${path} could not be used (${sentenceOf(error)}); it was set aside as ${aside} and ${begin}`,
      };
    }
  } catch (error) {
    return {
      ...open(":memory:"),
      notice: `${path} can't be opened (${sentenceOf(error)}); history and jobs are kept in memory until the next start`,
    };
  }
}

/** Preparing the statements is part of opening: it fails where a table is not as it should be. */
function storesAt(database: DatabaseSync, options: StateOptions): StateStores {
  const { maxRows = 50_000, maxBytes = 64 * 1024 * 1024, checkEvery = 256, maxJobs = 500 } = options;
  const { onError = () => undefined } = options;
  try {
    return {
      history: new SqliteHistoryStore(database, { limits: { rows: maxRows, bytes: maxBytes }, checkEvery, onError }),
      jobs: new SqliteJobStore(database, { kept: maxJobs, onError }),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
