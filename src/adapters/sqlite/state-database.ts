import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { UnusableDatabase } from "./sqlite-error.ts";

/**
 * What makes each version out of the one before it: the first makes version 1 of an empty file. One that has been
 * released never changes; a change of the schema is another one at the end.
 */
const MIGRATIONS = [
  `CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    app TEXT,
    container TEXT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    result TEXT NOT NULL,
    detail TEXT NOT NULL,
    diff TEXT NOT NULL,
    duration INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX history_by_app ON history (app, id);`,

  `CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    apps TEXT NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    request TEXT NOT NULL,
    undo TEXT NOT NULL,
    note TEXT NOT NULL
  ) STRICT;`,
] as const;

const VERSION = MIGRATIONS.length;

/** A reader from outside, such as a backup, may hold the file for a moment; the loop must not wait longer than this. */
const BUSY_MS = 200;

/** What the log's file is cut back to after a checkpoint. */
const JOURNAL_BYTES = 4 * 1024 * 1024;

/**
 * Opens the database at `path`, or one in memory at `:memory:`, and makes or brings up its tables. One that is of this
 * version is checked and not written to. Throws UnusableDatabase, or what SQLite says.
 *
 * WAL with `synchronous = NORMAL` does not fsync at each append: a power cut may take the last entries, never the rest.
 */
export function openDatabase(path: string): DatabaseSync {
  // SQLite would make it readable for everybody; its log and index take over this mode.
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = ${JOURNAL_BYTES};
    `);
    const version = pragma(database, "user_version");
    const isEmpty = version === 0 && pragma(database, "schema_version") === 0;
    if (!isEmpty) {
      if (version < 1 || version > VERSION) {
        throw new UnusableDatabase(`its version is ${version}, and 1 to ${VERSION} are known here`);
      }
      check(database);
    }
    if (version < VERSION) migrate(database, version);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** In one transaction: a crash leaves the version that was. */
function migrate(database: DatabaseSync, from: number): void {
  database.exec(`
    BEGIN IMMEDIATE;
    ${MIGRATIONS.slice(from).join("\n")}
    PRAGMA user_version = ${VERSION};
    COMMIT;
  `);
}

/** The value of a pragma that is a number. */
export function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

/** Damage that lies deeper than the first page would otherwise show at some later append, for ever. */
function check(database: DatabaseSync): void {
  const [found] = Object.values(database.prepare("PRAGMA quick_check(1)").get() ?? {});
  if (found !== "ok") throw new UnusableDatabase(String(found));
}
