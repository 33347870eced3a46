import { constants } from "node:fs";
import { open, link, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno.ts";
import { temporarySibling } from "./leftover.ts";

export interface WriteOptions {
  /** Permission bits, whatever the umask says. */
  readonly mode: number;
  /** The owner; absent: whoever runs this. */
  readonly uid?: number;
  readonly gid?: number;
  /** Called with everything on the disk, right before the rename; throwing gives up and leaves the old file. */
  readonly beforeRename?: () => void;
}

/**
 * Puts `data` in place of the file at `path`: temporary sibling, fsync, rename, fsync of the folder. At every moment,
 * a crash included, `path` holds the old content whole or the new content whole, and never with wider permissions than
 * asked for. A leftover of a crash is found by `isLeftover`. The folder must exist.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, options: WriteOptions): Promise<void> {
  const temporary = await writeTemporary(path, data, options);
  try {
    options.beforeRename?.();
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary);
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Makes the file at `path` unless something of that name is there already, a dangling link included; then it is left as
 * it is. Returns whether it was made. Like O_EXCL, but a crash leaves either no file or a whole one: the finished
 * temporary is given its second name by link(2), which never replaces.
 */
export async function createFileOnce(path: string, data: string | Uint8Array, options: WriteOptions): Promise<boolean> {
  const temporary = await writeTemporary(path, data, options);
  try {
    await link(temporary, path);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Makes renames, links and removals in `folder` outlive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await handle.sync();
}

async function writeTemporary(path: string, data: string | Uint8Array, options: WriteOptions): Promise<string> {
  const temporary = temporarySibling(path);
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(data);
    // The owner first: chown takes setuid and setgid bits away.
    if (options.uid !== undefined || options.gid !== undefined) {
      await handle.chown(options.uid ?? -1, options.gid ?? -1);
    }
    await handle.chmod(options.mode);
    await handle.sync();
    await handle.close();
  } catch (error) {
    await handle.close();
    await unlink(temporary);
    throw error;
  }
  return temporary;
}
