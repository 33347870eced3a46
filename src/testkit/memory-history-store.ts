import type { HistoryEntry, HistoryQuery, HistoryStore } from "../ports/history-store.ts";

/** History in memory. */
export class MemoryHistoryStore implements HistoryStore {
  /** Oldest first. */
  readonly entries: HistoryEntry[] = [];

  append(entry: HistoryEntry): void {
    this.entries.push(entry);
  }

  query({ app, since = 0, limit }: HistoryQuery): readonly HistoryEntry[] {
    return this.entries
      .filter((entry) => entry.at >= since && (app === undefined || entry.app === app))
      .toReversed()
      .slice(0, limit);
  }

  [Symbol.dispose](): void {}
}
