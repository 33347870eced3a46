import type { JobQuery, JobStore, StoredJob } from "../ports/job-store.ts";

const LOADED = 200;
const KEPT = 500;

/** Jobs in memory. */
export class MemoryJobStore implements JobStore {
  /** In the order in which they were first saved. */
  readonly #jobs = new Map<string, StoredJob>();

  save(job: StoredJob): void {
    this.#jobs.set(job.id, structuredClone(job));
    for (const old of this.#newest().filter(isEnded).slice(KEPT)) this.#jobs.delete(old.id);
  }

  load(): readonly StoredJob[] {
    const ended = new Set(this.#newest().filter(isEnded).slice(0, LOADED));
    return this.#newest().filter((job) => !isEnded(job) || ended.has(job));
  }

  get(id: string): StoredJob | null {
    return this.#jobs.get(id) ?? null;
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

function isEnded({ state }: StoredJob): boolean {
  return state !== "running";
}
