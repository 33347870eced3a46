/** Primary result codes that say something about the file's content: ERROR (no such table), CORRUPT, NOTADB. */
const UNUSABLE: ReadonlySet<number> = new Set([1, 11, 26]);

/** The database's content can't be used, as opposed to: can't be reached, read or written just now. */
export class UnusableDatabase extends Error {
  override readonly name = "UnusableDatabase";
}

export function isUnusable(error: unknown): boolean {
  if (error instanceof UnusableDatabase) return true;
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  // The low byte is the primary code; the rest narrows it down.
  return UNUSABLE.has(error.errcode & 0xff);
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
