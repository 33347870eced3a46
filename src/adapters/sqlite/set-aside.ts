import { existsSync, renameSync } from "node:fs";

/** What a database in WAL mode consists of. The file itself comes last. */
const PARTS = ["-wal", "-shm", ""] as const;

/**
 * Renames a closed database out of the way, all of it, and returns its new path. The log goes first: beside a fresh
 * database of the old name, a log left behind by a crash in between would be taken for the fresh one's.
 */
export function setAside(path: string, now: number): string {
  const aside = `${path}.corrupt-${new Date(now).toISOString()}`;
  for (const part of PARTS) if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${aside}${part}`);
  return aside;
}
