import type { DatabaseSync, StatementSync } from "node:sqlite";
import { JobShelf } from "../../core/job/job-shelf.ts";
import type { JobQuery, JobStore, StoredJob } from "../../ports/job-store.ts";
import { jobOf, rowOf } from "./job-row.ts";
import { sentenceOf } from "./sqlite-error.ts";

const COLUMNS = "id, kind, apps, actor, state, reason, created_at, ended_at, request, undo, note";
const VALUES = COLUMNS.replaceAll(/\w+/g, ":$&");
const UPDATES = COLUMNS.replaceAll(/\w+/g, "$& = excluded.$&");

export interface JobStoreOptions {
  /** Ended jobs beyond so many go, the oldest first. */
  readonly kept: number;
  /** Called with a sentence when writing fails, and not again before it has succeeded. */
  readonly onError: (message: string) => void;
}

/**
 * Jobs in a SQLite database that is open and has the table. All of them, a few hundred, are in memory too, and are read
 * there: what can't be written is not forgotten while this process lives, and is written with the next that can be.
 */
export class SqliteJobStore implements JobStore {
  readonly #database: DatabaseSync;
  readonly #options: JobStoreOptions;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #shelf: JobShelf;
  /** Ids of jobs whose row is not as they are. */
  readonly #unwritten = new Set<string>();
  #failing = false;

  /** Reads the table; throws what SQLite says. */
  constructor(database: DatabaseSync, options: JobStoreOptions) {
    this.#database = database;
    this.#options = options;
    this.#shelf = new JobShelf(options.kept);
    this.#upsert = database.prepare(
      `INSERT INTO jobs (${COLUMNS}) VALUES (${VALUES}) ON CONFLICT (id) DO UPDATE SET ${UPDATES}`,
    );
    this.#delete = database.prepare("DELETE FROM jobs WHERE id = :id");
    for (const found of database.prepare(`SELECT ${COLUMNS} FROM jobs ORDER BY seq`).iterate()) {
      const job = jobOf(found);
      if (job !== null) this.#put(job);
    }
  }

  save(job: StoredJob): void {
    this.#put(job);
    this.#unwritten.add(job.id);
    this.#write();
  }

  load(): readonly StoredJob[] {
    return this.#shelf.load();
  }

  get(id: string): StoredJob | null {
    return this.#shelf.get(id);
  }

  list(query: JobQuery): readonly StoredJob[] {
    return this.#shelf.list(query);
  }

  #put(job: StoredJob): void {
    for (const id of this.#shelf.put(job)) this.#unwritten.add(id);
  }

  #write(): void {
    try {
      this.#transaction(() => {
        for (const id of this.#unwritten) {
          const job = this.#shelf.get(id);
          if (job === null) this.#delete.run({ id });
          else this.#upsert.run(rowOf(job));
        }
      });
      this.#unwritten.clear();
      this.#failing = false;
    } catch (error) {
      const first = !this.#failing;
      this.#failing = true;
      if (first) this.#options.onError(`jobs can't be written: ${sentenceOf(error)}`);
    }
  }

  /** Synced at its end, unlike the history: a job that was promised to somebody outlives a power cut. */
  #transaction(work: () => void): void {
    this.#database.exec("PRAGMA synchronous = FULL");
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      work();
      this.#database.exec("COMMIT");
    } finally {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec("ROLLBACK");
      if (this.#database.isOpen) this.#database.exec("PRAGMA synchronous = NORMAL");
    }
  }
}
