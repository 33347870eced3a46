import { JobShelf } from "../core/job/job-shelf.ts";
import type { JobQuery, JobStore, StoredJob } from "../ports/job-store.ts";

const KEPT = 500;

/** Jobs in memory. */
export class MemoryJobStore implements JobStore {
  readonly #shelf = new JobShelf(KEPT);

  save(job: StoredJob): void {
    this.#shelf.put(structuredClone(job));
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
}
