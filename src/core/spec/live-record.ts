import type { Inputs } from "./last-applied.ts";

/**
 * What was last written to the files that change under a running container. Stands on the disk beside them. `pending`
 * is written before a file and cleared after the signal: a crash in between leaves it, and the signal is sent again.
 */
export interface LiveRecord {
  readonly files: Readonly<Record<string, { readonly digest: string; readonly inputs: Inputs[string] }>>;
  readonly pending: readonly string[];
}

const EMPTY: LiveRecord = { files: {}, pending: [] };

export function encodeLiveRecord(record: LiveRecord): string {
  return JSON.stringify(record);
}

/** A record that is missing or can't be read is empty: the files are then compared with the disk alone. */
export function decodeLiveRecord(text: string | null): LiveRecord {
  if (text === null) return EMPTY;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return EMPTY;
    const { files, pending } = parsed as Partial<LiveRecord>;
    return typeof files === "object" && Array.isArray(pending) ? { files, pending } : EMPTY;
  } catch {
    return EMPTY;
  }
}
