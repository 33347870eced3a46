import { lstat, open, stat, unlink } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { errnoOf, isMissing } from "../files/errno.ts";
import { cleanLeftovers, temporarySibling } from "../files/leftover.ts";
import type { HomeLayout } from "./home-layout.ts";

/** sockaddr_un holds 108 bytes, the last one a NUL. */
const LONGEST_SOCKET = 107;

/**
 * Makes the home and its folders. Only what must not be seen by other users is closed to them, and put right where it
 * was opened: secrets, rendered, run and trash. `data` is closed when it is made and then left as the owner wants it:
 * containers reach their folders by mounts and need no way through it.
 *
 * Throws ARC_HOME for a home that is no folder, leads nowhere, can't be written, or is too deep for a unix socket.
 */
export async function prepareHome(layout: HomeLayout): Promise<void> {
  const { home } = layout;
  if (!isAbsolute(home) || home === "/") throw new ArcError("ARC_HOME", `"${home}" can't be a home`);
  if (Buffer.byteLength(layout.socket) > LONGEST_SOCKET) {
    throw new ArcError(
      "ARC_HOME",
      `${layout.socket} is longer than the ${LONGEST_SOCKET} bytes of a unix socket's path`,
      {
        hint: "Name a shorter --home.",
      },
    );
  }
  await refuseDanglingLink(home);
  try {
    await ensureDir(home, 0o755);
    if (!(await stat(home)).isDirectory()) throw new ArcError("ARC_HOME", `${home} is no folder`);
    await tryWriting(layout.nodeId);
    await ensureDir(layout.accepted, 0o755);
    await ensureDir(layout.data, 0o700);
    for (const closed of [layout.secrets, layout.rendered, layout.run, layout.trash]) {
      await ensureDir(closed, 0o700, { repair: true });
    }
  } catch (error) {
    if (error instanceof ArcError) throw error;
    throw new ArcError("ARC_HOME", sentence(home, errnoOf(error)), { cause: error });
  }
}

/** Removes what crashed writers left behind. Only under the home's lock. Returns how many it removed. */
export async function cleanHome(layout: HomeLayout): Promise<number> {
  const removed = [await cleanLeftovers(layout.home), await cleanLeftovers(layout.secrets)];
  // rendered/<app>/<container name>/; the accepted store recovers its own.
  removed.push(await cleanLeftovers(layout.rendered, 2), await cleanLeftovers(layout.run));
  return removed.reduce((sum, count) => sum + count, 0);
}

async function refuseDanglingLink(home: string): Promise<void> {
  try {
    if (!(await lstat(home)).isSymbolicLink()) return;
    await stat(home);
  } catch (error) {
    if (!isMissing(error) && errnoOf(error) !== "ELOOP") throw error;
    const link = await lstat(home).catch(() => null);
    if (link !== null)
      throw new ArcError("ARC_HOME", `${home} is a symbolic link that leads nowhere`, { cause: error });
  }
}

/** By writing: root passes every permission check, but no read-only filesystem. */
async function tryWriting(nextTo: string): Promise<void> {
  const path = temporarySibling(nextTo);
  const handle = await open(path, "wx", 0o600);
  await handle.close();
  await unlink(path);
}

function sentence(home: string, errno: string | null): string {
  switch (errno) {
    case "EROFS":
      return `${home} lies on a read-only filesystem`;
    case "EACCES":
    case "EPERM":
      return `${home} is not writable`;
    case "ENOSPC":
      return `${home} lies on a full filesystem`;
    case "ENOTDIR":
    case "EEXIST":
      return `${home}, or what it lies in, is no folder`;
    default:
      return `${home} can't be used (${errno ?? "unknown cause"})`;
  }
}
