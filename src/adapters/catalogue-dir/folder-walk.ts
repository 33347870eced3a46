import { lstatSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { isSettled, sameStamp, stampOf, type FileStamp } from "../files/file-stamp.ts";
import { isLeftover } from "../files/leftover.ts";
import { statNow } from "../files/stat-now.ts";

/** What an app's folder may hold: far more than a manifest with templates and a build context needs. */
export const FOLDER_LIMITS = { entries: 2_000, bytes: 64 * 1024 * 1024 } as const;

const SKIPPED: ReadonlySet<string> = new Set([".git", "node_modules"]);

/** The shape of a folder at one moment, contents aside. */
export interface FolderWalk {
  /** Path below the folder -> real path of the regular file. A link inside the folder is a file of its own. */
  readonly files: ReadonlyMap<string, string>;
  /** Links that lead out, nowhere, or round in a circle. */
  readonly escapes: ReadonlySet<string>;
  /** A sentence where the walk stopped at a limit. */
  readonly exceeded: string | null;
  readonly folders: readonly WalkedFolder[];
  readonly links: readonly WalkedLink[];
}

interface WalkedFolder {
  readonly path: string;
  readonly stamp: FileStamp;
  readonly settled: boolean;
}

interface WalkedLink {
  readonly path: string;
  readonly resolved: string | null;
}

/** Walks the folder at `root`, a real path, at most FOLDER_LIMITS far. FIFOs, sockets and devices are left out. */
export async function walkFolder(root: string, now: () => number): Promise<FolderWalk> {
  const walker = new Walker(root, now);
  await walker.walk(root, "", []);
  return walker;
}

/** Whether a walk would find the same shape again: no folder's entries moved and no link leads elsewhere. */
export function isWalkCurrent(walk: FolderWalk): boolean {
  // A walk that stopped early has not seen every folder.
  if (walk.exceeded !== null) return false;
  return (
    walk.folders.every(({ path, stamp, settled }) => {
      if (!settled) return false;
      const stats = statNow(path);
      return stats !== null && sameStamp(stamp, stampOf(stats));
    }) && walk.links.every(({ path, resolved }) => realPath(path) === resolved)
  );
}

/** null for a link that is broken or circular. */
export function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

class Walker implements FolderWalk {
  readonly files = new Map<string, string>();
  readonly escapes = new Set<string>();
  readonly folders: WalkedFolder[] = [];
  readonly links: WalkedLink[] = [];
  exceeded: string | null = null;
  readonly #root: string;
  readonly #now: () => number;
  #entries = 0;
  #bytes = 0n;

  constructor(root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** `below` is the path from the root with a trailing slash, or empty; `within` the real folders it lies in. */
  async walk(folder: string, below: string, within: readonly string[]): Promise<void> {
    const readAt = this.#now();
    const stamp = stampOf(lstatSync(folder, { bigint: true }));
    this.folders.push({ path: folder, stamp, settled: isSettled(stamp, readAt) });
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      if (SKIPPED.has(entry.name) || isLeftover(entry.name)) continue;
      this.#entries += 1;
      if (this.#entries > FOLDER_LIMITS.entries) this.exceeded ??= `holds more than ${FOLDER_LIMITS.entries} files`;
      if (this.exceeded !== null) return;
      const path = join(folder, entry.name);
      await this.#visit(path, below + entry.name, [...within, folder], entry.isSymbolicLink());
    }
  }

  async #visit(path: string, name: string, within: readonly string[], isLink: boolean): Promise<void> {
    const resolved = isLink ? this.#resolve(path, name) : path;
    if (resolved === null) return;
    const stats = statNow(resolved);
    if (stats?.isDirectory()) {
      if (within.includes(resolved)) this.escapes.add(name);
      else await this.walk(resolved, `${name}/`, within);
    } else if (stats?.isFile()) {
      this.#bytes += stats.size;
      if (this.#bytes > FOLDER_LIMITS.bytes) this.exceeded ??= "holds more than 64 MB";
      this.files.set(name, resolved);
    }
  }

  #resolve(path: string, name: string): string | null {
    const resolved = realPath(path);
    this.links.push({ path, resolved });
    if (resolved !== null && (resolved === this.#root || resolved.startsWith(this.#root + sep))) return resolved;
    this.escapes.add(name);
    return null;
  }
}
