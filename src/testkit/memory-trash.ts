import { ArcError } from "../core/errors/arc-error.ts";
import type { Trash, TrashEntry } from "../ports/trash.ts";

/** A trash in memory, with the data it takes from and gives back to. */
export class MemoryTrash implements Trash {
  /** App -> bytes of its data; 0 is an empty folder. */
  readonly data = new Map<string, number>();
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly entry: TrashEntry; readonly bytes: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async recover(): Promise<void> {}

  async put(app: string): Promise<TrashEntry | null> {
    const bytes = this.data.get(app) ?? 0;
    if (bytes === 0) return null;
    let at = this.#now();
    const id = (): string => `${app}-${new Date(at).toISOString().replaceAll(":", "-")}`;
    while (this.#entries.has(id())) at += 1;
    const entry: TrashEntry = { id: id(), app, at, bytes: null, link: null };
    this.data.delete(app);
    this.#entries.set(entry.id, { entry, bytes });
    return entry;
  }

  async hasData(app: string): Promise<boolean> {
    return (this.data.get(app) ?? 0) > 0;
  }

  async list(): Promise<readonly TrashEntry[]> {
    const entries = [...this.#entries.values()].map(({ entry }) => entry);
    return entries.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  }

  async measure(id: string, signal?: AbortSignal): Promise<number> {
    const { entry, bytes } = this.#require(id);
    signal?.throwIfAborted();
    this.#entries.set(id, { entry: { ...entry, bytes }, bytes });
    return bytes;
  }

  async restore(id: string): Promise<void> {
    const { entry, bytes } = this.#require(id);
    if ((this.data.get(entry.app) ?? 0) > 0) {
      throw new ArcError("ARC_TRASH", `${entry.app} has data, which is not overwritten`);
    }
    this.#entries.delete(id);
    this.data.set(entry.app, bytes);
  }

  async remove(id: string): Promise<void> {
    this.#require(id);
    this.#entries.delete(id);
  }

  #require(id: string): { readonly entry: TrashEntry; readonly bytes: number } {
    const found = this.#entries.get(id);
    if (found === undefined) throw new ArcError("ARC_TRASH", `the trash holds no "${id}"`);
    return found;
  }
}
