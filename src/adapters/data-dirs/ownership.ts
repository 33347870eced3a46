import { lchown, lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, isMissing } from "../files/errno.ts";
import type { Owner } from "../files/owner.ts";
import type { HeldFolder } from "./held-folder.ts";

export function isOwnedBy(stats: Owner, owner: Owner): boolean {
  return stats.uid === owner.uid && stats.gid === owner.gid;
}

/**
 * Whether one of the first `limit` entries below `folder`, breadth first, belongs to somebody else. Only a hint, and so
 * by path: it changes nothing wherever it looks.
 */
export async function findsOtherOwner(folder: string, owner: Owner, limit: number): Promise<boolean> {
  const queue = [folder];
  let seen = 0;
  for (const current of queue) {
    for await (const entry of entriesOf(current)) {
      if (seen === limit) return false;
      seen += 1;
      const path = join(current, entry.name);
      const stats = await unlessGone(lstat(path));
      if (stats === null) continue;
      if (!isOwnedBy(stats, owner)) return true;
      if (stats.isDirectory()) queue.push(path);
    }
  }
  return false;
}

/**
 * Gives everything below `folder` to `owner`. Links are given away themselves and never followed. A folder comes after
 * what is in it, so that one that a crash left half done still has its old owner.
 */
export async function giveContents(folder: HeldFolder, owner: Owner): Promise<void> {
  for await (const entry of entriesOf(folder.path)) {
    if (entry.isDirectory()) await giveFolder(folder, entry.name, owner);
    const path = folder.entry(entry.name);
    const stats = await unlessGone(lstat(path));
    if (stats !== null && !isOwnedBy(stats, owner)) await unlessGone(lchown(path, owner.uid, owner.gid));
  }
}

async function giveFolder(parent: HeldFolder, name: string, owner: Owner): Promise<void> {
  const opened = await unlessGone(parent.child(name));
  if (opened === null) return;
  await using child = opened;
  await giveContents(child, owner);
}

async function* entriesOf(folder: string) {
  const entries = await unlessGone(opendir(folder));
  if (entries !== null) yield* entries;
}

/** A running container may take away, or replace by a link, what was there a moment ago. */
async function unlessGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isMissing(error) || errnoOf(error) === "ELOOP") return null;
    throw error;
  }
}
