import type { Stats } from "node:fs";
import { lstat, opendir, rmdir, unlink } from "node:fs/promises";
import type { HeldFolder } from "../data-dirs/held-folder.ts";
import { isMissing } from "../files/errno.ts";

/** What `du` counts for a file or folder. */
const BLOCK = 512;

/**
 * Deletes what has that name in the folder, and everything in it. No link is followed, whoever puts one there meanwhile.
 * What is gone already is no error. Rejects with the signal's reason, with a part of it deleted.
 */
export async function removeTree(parent: HeldFolder, name: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const stats = await unlessGone(lstat(parent.entry(name)));
  if (stats === null) return;
  if (!stats.isDirectory()) {
    await unlessGone(unlink(parent.entry(name)));
    return;
  }
  {
    await using folder = await parent.child(name);
    // A folder that changes while it is read may not show all it has: it is read until nothing is left.
    for (let seen = 1; seen > 0;) {
      seen = 0;
      for await (const entry of await opendir(folder.path)) {
        seen += 1;
        await removeTree(folder, entry.name, signal);
      }
    }
  }
  await unlessGone(rmdir(parent.entry(name)));
}

/** Bytes on the disk of what has that name in the folder, files with several names once. */
export async function measureTree(
  parent: HeldFolder,
  name: string,
  signal: AbortSignal | undefined,
  counted: Set<string> = new Set(),
): Promise<number> {
  signal?.throwIfAborted();
  const stats = await unlessGone(lstat(parent.entry(name)));
  if (stats === null || isCounted(stats, counted)) return 0;
  let bytes = stats.blocks * BLOCK;
  if (!stats.isDirectory()) return bytes;
  const opened = await unlessGone(parent.child(name));
  if (opened === null) return bytes;
  await using folder = opened;
  for await (const entry of await opendir(folder.path)) bytes += await measureTree(folder, entry.name, signal, counted);
  return bytes;
}

function isCounted({ nlink, dev, ino }: Stats, counted: Set<string>): boolean {
  if (nlink === 1) return false;
  const key = `${dev}:${ino}`;
  const known = counted.has(key);
  counted.add(key);
  return known;
}

async function unlessGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
