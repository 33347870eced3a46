import type { JobQuery, StoredJob } from "./stored-job.ts";

/** Ended ones that `load` gives. */
const LOADED = 200;

/** Jobs by id, in the order in which they were first put there, and of those that ended the newest `kept`. */
export class JobShelf {
  readonly #kept: number;
  readonly #jobs = new Map<string, StoredJob>();

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** Adds it, or replaces the one with its id. Gives back the ids of those that have to go for it. */
  put(job: StoredJob): readonly string[] {
    this.#jobs.set(job.id, job);
    const gone = this.#newest().filter(isEnded).slice(this.#kept);
    for (const { id } of gone) this.#jobs.delete(id);
    return gone.map(({ id }) => id);
  }

  get(id: string): StoredJob | null {
    return this.#jobs.get(id) ?? null;
  }

  /** Those that run, however old, and the last 200 that ended. */
  load(): readonly StoredJob[] {
    const ended = new Set(this.#newest().filter(isEnded).slice(0, LOADED));
    return this.#newest().filter((job) => !isEnded(job) || ended.has(job));
  }

  list({ app, limit }: JobQuery): readonly StoredJob[] {
    return this.#newest()
      .filter(({ apps }) => app === undefined || apps.includes(app))
      .slice(0, limit);
  }

  #newest(): readonly StoredJob[] {
    return [...this.#jobs.values()].toReversed();
  }
}

const isEnded = ({ state }: StoredJob): boolean => state !== "running";
