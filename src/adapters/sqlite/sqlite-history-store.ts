import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { HistoryEntry, HistoryQuery, HistoryStore } from "../../ports/history-store.ts";
import { entryOf, rowOf } from "./history-row.ts";
import { rotate, type RotationLimits } from "./rotate.ts";
import { sentenceOf } from "./sqlite-error.ts";

const COLUMNS = "at, app, container, actor, action, reason, result, detail, diff, duration";
const VALUES = COLUMNS.replaceAll(/\w+/g, ":$&");

export interface HistoryStoreOptions {
  readonly limits: RotationLimits;
  /** Rotation is looked at once in so many appends, the first one included. */
  readonly checkEvery: number;
  /** Called with a sentence when an append fails, and not again before one has succeeded. */
  readonly onError: (message: string) => void;
}

/** History in a SQLite database that is open and has the table. The order is that of the appends, whatever the clock. */
export class SqliteHistoryStore implements HistoryStore {
  readonly #database: DatabaseSync;
  readonly #options: HistoryStoreOptions;
  readonly #insert: StatementSync;
  readonly #all: StatementSync;
  readonly #ofApp: StatementSync;
  #appended = 0;
  #failing = false;

  constructor(database: DatabaseSync, options: HistoryStoreOptions) {
    this.#database = database;
    this.#options = options;
    this.#insert = database.prepare(`INSERT INTO history (${COLUMNS}) VALUES (${VALUES})`);
    const select = `SELECT ${COLUMNS} FROM history WHERE at >= :since`;
    this.#all = database.prepare(`${select} ORDER BY id DESC`);
    this.#ofApp = database.prepare(`${select} AND app = :app ORDER BY id DESC`);
  }

  /** Never throws: what happened to a container must not depend on whether it could be written down. */
  append(entry: HistoryEntry): void {
    try {
      this.#insert.run(rowOf(entry));
      if (this.#appended % this.#options.checkEvery === 0) rotate(this.#database, this.#options.limits);
      this.#appended += 1;
      this.#failing = false;
    } catch (error) {
      const first = !this.#failing;
      this.#failing = true;
      if (first) this.#options.onError(`history can't be written: ${sentenceOf(error)}`);
    }
  }

  /** Throws ARC_HOME where the database can't be read. */
  query({ app, since = Number.MIN_SAFE_INTEGER, limit }: HistoryQuery): readonly HistoryEntry[] {
    const entries: HistoryEntry[] = [];
    try {
      const rows = app === undefined ? this.#all.iterate({ since }) : this.#ofApp.iterate({ since, app });
      for (const found of rows) {
        if (entries.length >= limit) break;
        const entry = entryOf(found);
        if (entry !== null) entries.push(entry);
      }
    } catch (error) {
      throw new ArcError("ARC_HOME", `history can't be read: ${sentenceOf(error)}`, { cause: error });
    }
    return entries;
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
