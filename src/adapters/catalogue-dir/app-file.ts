import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { AppFile } from "../../core/manifest/manifest.ts";

/** Larger files are known by their digest alone. */
export const TEXT_LIMIT = 1024 * 1024;
const CHUNK = 256 * 1024;

/** Digest, mode and, for small texts, the text of an open file. */
export async function readAppFile(handle: FileHandle, stats: BigIntStats): Promise<AppFile> {
  const hash = createHash("sha256");
  const small: Buffer[] = [];
  const chunk = Buffer.allocUnsafe(CHUNK);
  let size = 0;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, size);
    if (bytesRead === 0) break;
    const part = chunk.subarray(0, bytesRead);
    hash.update(part);
    size += bytesRead;
    if (size <= TEXT_LIMIT) small.push(Buffer.from(part));
  }
  const text = size <= TEXT_LIMIT ? decodeText(Buffer.concat(small)) : null;
  return { digest: hash.digest("hex"), mode: Number(stats.mode & 0o777n), text };
}

export function equalAppFiles(left: AppFile, right: AppFile): boolean {
  return left.digest === right.digest && left.mode === right.mode;
}

/** null where the bytes are no UTF-8 or hold a NUL. A byte order mark stays: the text gives the same bytes again. */
function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
