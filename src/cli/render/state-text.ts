import type { AppStatus } from "../../core/status/status.ts";

/** `loading 12%` where it says how far it is, else the bare state. */
export function stateText({ state, progress }: AppStatus): string {
  // Rounded down: 100% is said by being ready.
  return progress === null ? state : `${state} ${Math.floor(progress * 100)}%`;
}
