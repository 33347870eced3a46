import { DatabaseSync } from "node:sqlite";
import { readFileSync, rmSync, statSync } from "node:fs";
import * as z from "zod";
import { ArcError } from "../../core/errors/arc-error.ts";
import { writeFileAtomic } from "../files/atomic-write.ts";
import { isMissing } from "../files/errno.ts";

/** SQLITE_BUSY. */
const BUSY = 5;

/**
 * How long to try, in ms. SQLite takes an exclusive lock in two steps; of two starters in the same instant each can meet
 * the other between them and give up, so that nobody holds the home (seen in 2 of 100 races without this).
 */
const PATIENCE = 250;

const holderSchema = z.object({ pid: z.int().positive(), startedAt: z.number() });

/** Who holds a home. `startedAt`: ms since the epoch when the lock was taken. */
export type LockHolder = z.output<typeof holderSchema>;

export interface HomeLock extends AsyncDisposable {
  readonly holder: LockHolder;
  /**
   * False: the locked file no longer lies at its path, so that another daemon can make and lock a new one there. One stat.
   * Where it can't be told (a disk in trouble) it counts as held.
   */
  isHeld(): boolean;
}

/**
 * Takes the home for this process. A second daemon gets ARC_DAEMON_RUNNING, which names the first.
 *
 * The lock is the kernel's own, on the file at `path`: it ends with its holder whatever ends that, so nothing can be
 * stale and no two can both take over. Node has no flock; SQLite's exclusive transaction is the way to a kernel lock
 * without a helper process. A pid file would need a takeover, in which two starters can each remove the other's; an
 * abstract socket is seen in one network namespace only, and anybody may bind its name. Beside it `<path>.json` says
 * who holds it: for the message, and never believed.
 */
export async function lockHome(path: string, now: () => number = Date.now): Promise<HomeLock> {
  const database = lockFile(path);
  const holder = { pid: process.pid, startedAt: now() };
  const note = noteOf(path);
  const locked = identityOf(path);
  const isHeld = (): boolean => [locked, null].includes(identityOf(path));
  const release = (): void => {
    // The note goes first: after the lock is gone it may be the next holder's. It is already where the file was replaced.
    if (isHeld()) rmSync(note, { force: true });
    database.close();
  };
  try {
    await writeFileAtomic(note, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  } catch (error) {
    release();
    throw new ArcError("ARC_HOME", `${note} can't be written`, { cause: error });
  }
  return {
    holder,
    isHeld,
    [Symbol.asyncDispose]: async () => {
      if (database.isOpen) release();
    },
  };
}

function lockFile(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: PATIENCE });
    // In memory: the transaction is never written, and so needs no journal beside the file.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Error && "errcode" in error && error.errcode === BUSY) throw taken(path, error);
    throw new ArcError("ARC_HOME", `${path} can't be locked`, { cause: error });
  }
}

function taken(path: string, cause: Error): ArcError {
  const holder = readHolder(path);
  const who =
    holder === null
      ? "a daemon that is just starting"
      : `process ${holder.pid}, started ${new Date(holder.startedAt).toISOString()},`;
  return new ArcError("ARC_DAEMON_RUNNING", `${who} already holds ${path}`, { cause });
}

/** What the holder's note says; null where there is none. It may be the note of a daemon that was killed. */
export function readHolder(path: string): LockHolder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(noteOf(path), "utf8")));
  } catch {
    return null;
  }
}

/**
 * Names the file for ever: its number is not given out again while it is open. Never by opening it: closing any
 * descriptor of a file drops all locks that the process has on it (POSIX). null: it can't be told.
 */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    return isMissing(error) ? "missing" : null;
  }
}

const noteOf = (path: string): string => `${path}.json`;
