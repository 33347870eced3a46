import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/** No environment variable and no configuration file needs more. */
const LIMIT = 1024 * 1024;

/** A file in the secrets directory: its text, or why it can't be used. The sentence holds nothing of the content. */
export type SecretFile =
  | { readonly usable: true; readonly text: string }
  | { readonly usable: false; readonly reason: string };

/** Reads the exact bytes as text, less one trailing newline, which editors and `echo` add. */
export async function readSecretFile(handle: FileHandle, stats: BigIntStats): Promise<SecretFile> {
  if (stats.size > LIMIT) return { usable: false, reason: "it is larger than 1 MB" };
  const bytes = await handle.readFile();
  if (bytes.includes(0)) return { usable: false, reason: "it holds a NUL, which no environment variable can" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { usable: true, text: text.endsWith("\n") ? text.slice(0, -1) : text };
  } catch {
    return { usable: false, reason: "it is no UTF-8 text" };
  }
}

export function equalSecretFiles(left: SecretFile, right: SecretFile): boolean {
  if (left.usable) return right.usable && left.text === right.text;
  return !right.usable && left.reason === right.reason;
}
