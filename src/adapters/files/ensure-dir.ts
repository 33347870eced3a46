import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./atomic-write.ts";
import { errnoOf } from "./errno.ts";

/**
 * Makes the folder and those above it that are missing. `mode` is that of every folder it makes, whatever the umask
 * says; one that is there already gets it only with `repair`. Follows a symbolic link to a folder. Throws what the
 * system says, ENOTDIR where something else is in the way.
 *
 * Not mkdir's own `recursive`: on a filesystem that answers ENOENT to the making of a folder, as /proc does, Node 24
 * tries for ever.
 */
export async function ensureDir(
  path: string,
  mode: number,
  options: { readonly repair?: boolean } = {},
): Promise<void> {
  if (await makeFolder(path, mode)) return;
  const stats = await stat(path);
  if (!stats.isDirectory()) throw Object.assign(new Error(`${path} is no folder`), { code: "ENOTDIR" });
  if (options.repair === true && (stats.mode & 0o7777) !== mode) await chmod(path, mode);
}

/** Returns false where something of that name is there. */
async function makeFolder(path: string, mode: number): Promise<boolean> {
  const parent = dirname(path);
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    if (errnoOf(error) !== "ENOENT") throw error;
    await makeFolder(parent, mode);
    // Others may be making the same folders.
    if (!(await mkdirOnce(path, mode))) return false;
  }
  await chmod(path, mode);
  await syncFolder(parent);
  return true;
}

async function mkdirOnce(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}
