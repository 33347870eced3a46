import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { UnusableDatabase } from "./sqlite-error.ts";

const VERSION = 1;

const SCHEMA = `
  CREATE TABLE history (
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
  CREATE INDEX history_by_app ON history (app, id);
  PRAGMA user_version = ${VERSION};
`;

/** A reader from outside, such as a backup, may hold the file for a moment; the loop must not wait longer than this. */
const BUSY_MS = 200;

/** What the log's file is cut back to after a checkpoint. */
const JOURNAL_BYTES = 4 * 1024 * 1024;

/**
 * Opens the database at `path`, or one in memory at `:memory:`, and makes its table where it is empty. One that is there
 * is checked and not written to. Throws UnusableDatabase, or what SQLite says.
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
    if (version === 0 && pragma(database, "schema_version") === 0) database.exec(`BEGIN; ${SCHEMA} COMMIT;`);
    else if (version !== VERSION) throw new UnusableDatabase(`its version is ${version}, and ${VERSION} is known here`);
    else check(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
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
