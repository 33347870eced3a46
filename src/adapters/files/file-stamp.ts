import type { BigIntStats } from "node:fs";

/** What moves whenever a file's content or attributes do. ctime can't be set back by a program, unlike mtime. */
export interface FileStamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mode: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export function stampOf(stats: BigIntStats): FileStamp {
  const { dev, ino, size, mode, mtimeNs, ctimeNs } = stats;
  return { dev, ino, size, mode, mtimeNs, ctimeNs };
}

export function sameStamp(left: FileStamp, right: FileStamp): boolean {
  return (
    left.ino === right.ino &&
    left.ctimeNs === right.ctimeNs &&
    left.mtimeNs === right.mtimeNs &&
    left.size === right.size &&
    left.mode === right.mode &&
    left.dev === right.dev
  );
}

/** The kernel stamps files with its tick, 4 to 10 ms long: two writes within one tick can leave the same stamp. */
const RACY_WINDOW_NS = 20_000_000n;

/**
 * Whether content read at `readAt` (ms since the epoch, taken before the read) is vouched for by this stamp. Where the
 * file had just been written, or its times lie in the future, a later write could leave the very same stamp.
 */
export function isSettled(stamp: FileStamp, readAt: number): boolean {
  const limit = BigInt(Math.floor(readAt)) * 1_000_000n - RACY_WINDOW_NS;
  return stamp.mtimeNs < limit && stamp.ctimeNs < limit;
}
