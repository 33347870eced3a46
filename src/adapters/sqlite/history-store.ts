import type { HistoryStore } from "../../ports/history-store.ts";
import { openState, type StateOptions } from "./state-store.ts";

export interface OpenedHistory {
  readonly store: HistoryStore;
  /** A sentence for the owner where the history was lost or is not kept; null: all is well. */
  readonly notice: string | null;
}

/** The history of `openState` alone; never throws. */
export function openHistory(path: string, options: StateOptions = {}): OpenedHistory {
  const { history, notice } = openState(path, options);
  return { store: history, notice };
}
