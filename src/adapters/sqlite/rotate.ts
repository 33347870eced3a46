import type { DatabaseSync } from "node:sqlite";
import { pragma } from "./state-database.ts";

export interface RotationLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** What stays of the limit, so that the next rotation is not due at once. */
const KEPT = 0.9;

/**
 * Lets the oldest entries go until both limits are kept. The file does not shrink: what is freed is written to again.
 * Ids grow by one and only the lowest are ever deleted, so the count follows from the ends.
 */
export function rotate(database: DatabaseSync, limits: RotationLimits): void {
  if (countRows(database) > limits.rows) keepNewest(database, Math.floor(limits.rows * KEPT));
  if (usedBytes(database) <= limits.bytes) return;
  while (usedBytes(database) > limits.bytes * KEPT && countRows(database) > 1) {
    keepNewest(database, Math.floor(countRows(database) * KEPT));
  }
}

function keepNewest(database: DatabaseSync, count: number): void {
  database.prepare("DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?").run(count);
}

function countRows(database: DatabaseSync): number {
  const ends = database.prepare("SELECT (SELECT max(id) FROM history) - (SELECT min(id) FROM history) + 1 AS n").get();
  return Number(ends?.["n"] ?? 0);
}

/** Pages in use; what entries that went have left free does not count. */
function usedBytes(database: DatabaseSync): number {
  return (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size");
}
