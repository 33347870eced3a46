import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./atomic-write.ts";

/**
 * Makes the folder and those above it that are missing. `mode` is that of every folder it makes; one that is there
 * already gets it only with `repair`. Follows a symbolic link to a folder.
 */
export async function ensureDir(
  path: string,
  mode: number,
  options: { readonly repair?: boolean } = {},
): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first !== undefined) await syncFolder(dirname(first));
  if (first === undefined && options.repair !== true) return;
  const current = (await stat(path)).mode & 0o7777;
  if (current !== mode) await chmod(path, mode);
}
