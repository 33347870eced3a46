import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errnoOf, isMissing } from "./errno.ts";
import { isSettled, sameStamp, stampOf, type FileStamp } from "./file-stamp.ts";
import { statNow } from "./stat-now.ts";

interface Entry<T> {
  readonly stamp: FileStamp;
  readonly settled: boolean;
  readonly value: T;
}

export interface StatCacheOptions<T> {
  /** Reads the open file. The stats are those of the moment before. */
  readonly read: (handle: FileHandle, stats: BigIntStats) => Promise<T>;
  /** Where a read gives an equal value, the old object is kept, so that callers can compare by identity. */
  readonly equal: (left: T, right: T) => boolean;
  /** ms since the epoch, on the clock by which the kernel stamps files. */
  readonly now?: () => number;
}

const ATTEMPTS = 3;

/**
 * Files that are read again only when their stat moved. Regular files only: a link, a folder or a FIFO counts as not
 * there and is never opened.
 */
export class StatCache<T> {
  readonly #options: StatCacheOptions<T>;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(options: StatCacheOptions<T>) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The value of the regular file at `path`; null where there is none. Throws what the system says of a failed read. */
  async get(path: string): Promise<T | null> {
    const stats = statNow(path);
    if (!stats?.isFile()) {
      this.#entries.delete(path);
      return null;
    }
    const known = this.#entries.get(path);
    if (known?.settled && sameStamp(known.stamp, stampOf(stats))) return known.value;
    return this.#read(path);
  }

  /** Whether `get` would answer from memory. */
  isCurrent(path: string): boolean {
    const known = this.#entries.get(path);
    if (!known?.settled) return false;
    const stats = statNow(path);
    return stats !== null && stats.isFile() && sameStamp(known.stamp, stampOf(stats));
  }

  /** Drops every file whose path is not kept. */
  retain(keep: (path: string) => boolean): void {
    for (const path of this.#entries.keys()) if (!keep(path)) this.#entries.delete(path);
  }

  async #read(path: string): Promise<T | null> {
    for (let attempt = 1; ; attempt += 1) {
      const entry = await this.#readOnce(path, attempt === ATTEMPTS);
      if (entry === "moved") continue;
      const known = this.#entries.get(path);
      if (entry === null) {
        this.#entries.delete(path);
        return null;
      }
      const value = known && this.#options.equal(known.value, entry.value) ? known.value : entry.value;
      this.#entries.set(path, { ...entry, value });
      return value;
    }
  }

  /** `moved`: the file changed while it was read. On the last attempt it is taken as it came, and read again next time. */
  async #readOnce(path: string, last: boolean): Promise<Entry<T> | null | "moved"> {
    const readAt = this.#now();
    const handle = await openRegular(path);
    if (handle === null) return null;
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) return null;
      const value = await this.#options.read(handle, stats);
      const stamp = stampOf(stats);
      const steady = sameStamp(stamp, stampOf(await handle.stat({ bigint: true })));
      if (!steady && !last) return "moved";
      return { stamp, settled: steady && isSettled(stamp, readAt), value };
    } finally {
      await handle.close();
    }
  }
}

/** O_NOFOLLOW and O_NONBLOCK: what became a link or a FIFO since the stat neither leads elsewhere nor blocks. */
async function openRegular(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const errno = errnoOf(error);
    if (isMissing(error) || errno === "ELOOP" || errno === "ENXIO") return null;
    throw error;
  }
}
