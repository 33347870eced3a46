import { readFile, rm } from "node:fs/promises";
import * as z from "zod";
import { writeFileAtomic } from "../files/atomic-write.ts";

const SUFFIX = ".json";
const note = z.object({ bytes: z.number().min(0) });

/** The bytes that were counted of the entry at `path`; null where none were, or the note can't be read. */
export async function readSize(path: string): Promise<number | null> {
  try {
    return note.parse(JSON.parse(await readFile(`${path}${SUFFIX}`, "utf8"))).bytes;
  } catch {
    return null;
  }
}

/** `<id>.json` beside the entry. It holds nothing that can't be counted again. */
export async function writeSize(path: string, bytes: number): Promise<void> {
  await writeFileAtomic(`${path}${SUFFIX}`, `${JSON.stringify({ bytes })}\n`, { mode: 0o600 });
}

export async function forgetSize(path: string): Promise<void> {
  await rm(`${path}${SUFFIX}`, { force: true });
}

/** Whose note a file of that name would be; null where it is none. */
export function notedId(name: string): string | null {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : null;
}
