import type { DatabaseSync } from "node:sqlite";
import type { HistoryStore } from "../../ports/history-store.ts";
import { openDatabase } from "./history-database.ts";
import { setAside } from "./set-aside.ts";
import { SqliteHistoryStore } from "./sqlite-history-store.ts";
import { isUnusable, sentenceOf } from "./sqlite-error.ts";

export interface HistoryOptions {
  /** The oldest entries go beyond so many, or beyond so many bytes of the file in use. */
  readonly maxRows?: number;
  readonly maxBytes?: number;
  /** Limits are checked once in so many appends. */
  readonly checkEvery?: number;
  /** ms since the epoch, for the name under which a corrupt database is set aside. */
  readonly now?: () => number;
  /** Told once when appending begins to fail, with a sentence; the entries are lost meanwhile. */
  readonly onError?: (message: string) => void;
}

export interface OpenedHistory {
  readonly store: HistoryStore;
  /** A sentence for the owner where the history was lost or is not kept; null: all is well. */
  readonly notice: string | null;
}

/**
 * Opens the history at `path` and never throws: losing it loses nothing that runs. A database that can't be used is set
 * aside with a date in its name and replaced. Where no file can be opened or made at all (a full disk, a folder in its
 * place), history is kept in memory.
 */
export function openHistory(path: string, options: HistoryOptions = {}): OpenedHistory {
  const open = (at: string): HistoryStore => storeAt(openDatabase(at), options);
  try {
    try {
      return { store: open(path), notice: null };
    } catch (error) {
      if (!isUnusable(error)) throw error;
      const aside = setAside(path, (options.now ?? Date.now)());
      return {
        store: open(path),
        notice: `${path} could not be used (${sentenceOf(error)}); it was set aside as ${aside} and history begins anew`,
      };
    }
  } catch (error) {
    return {
      store: open(":memory:"),
      notice: `${path} can't be opened (${sentenceOf(error)}); history is kept in memory until the next start`,
    };
  }
}

/** Preparing the statements is part of opening: it fails where the table is not as it should be. */
function storeAt(database: DatabaseSync, options: HistoryOptions): HistoryStore {
  const { maxRows = 50_000, maxBytes = 64 * 1024 * 1024, checkEvery = 256, onError = () => undefined } = options;
  try {
    return new SqliteHistoryStore(database, { limits: { rows: maxRows, bytes: maxBytes }, checkEvery, onError });
  } catch (error) {
    database.close();
    throw error;
  }
}
