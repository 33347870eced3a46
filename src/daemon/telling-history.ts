import type { HistoryEntry, HistoryStore } from "../ports/history-store.ts";

/** A history that also tells each entry to one listener. */
export interface TellingHistory extends HistoryStore {
  tell(listener: (entry: HistoryEntry) => void): void;
}

export function tellingHistory(store: HistoryStore): TellingHistory {
  let listener: (entry: HistoryEntry) => void = () => {};
  return {
    tell: (next) => {
      listener = next;
    },
    append: (entry) => {
      store.append(entry);
      listener(entry);
    },
    query: (query) => store.query(query),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}
