import { createHash } from "node:crypto";
import { chmod, mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { AppFile, AppFolder } from "../../core/manifest/manifest.ts";
import { syncFolder } from "../files/atomic-write.ts";
import { MANIFEST } from "./app-folder.ts";

/**
 * Writes the folder's regular files into `target`, which must not exist yet, and everything is on the disk when it is
 * done. Texts are written as they were read, so that what was judged is what is kept; a binary file is read again, and
 * ARC_PLAN_STALE says that it has changed since.
 */
export async function copyFolder(folder: AppFolder, target: string): Promise<void> {
  const made = new Set<string>([target]);
  await mkdir(target, { mode: 0o755 });
  // The umask must not decide who can read a build context.
  await chmod(target, 0o755);
  await writeSynced(join(target, MANIFEST), folder.manifestText, 0o644);
  for (const [name, file] of folder.files) {
    const path = join(target, name);
    for (const parent of parentsBelow(target, path)) {
      if (made.has(parent)) continue;
      await mkdir(parent, { mode: 0o755 });
      await chmod(parent, 0o755);
      made.add(parent);
    }
    await writeSynced(path, file.text ?? (await readUnchanged(folder, name, file)), file.mode);
  }
  for (const path of made) await syncFolder(path);
}

/** Whether a copy already says what the folder says. */
export function isSameCopy(copy: AppFolder, folder: AppFolder): boolean {
  if (copy.manifestText !== folder.manifestText || copy.files.size !== folder.files.size) return false;
  for (const [name, file] of folder.files) {
    const kept = copy.files.get(name);
    if (kept?.digest !== file.digest || kept.mode !== file.mode) return false;
  }
  return copy.escapes.size === 0 && copy.problems === undefined;
}

/** Outermost first, `target` left out. */
function parentsBelow(target: string, path: string): string[] {
  const parents: string[] = [];
  for (let parent = dirname(path); parent !== target; parent = dirname(parent)) parents.unshift(parent);
  return parents;
}

async function readUnchanged(folder: AppFolder, name: string, file: AppFile): Promise<Uint8Array> {
  const content = await readFile(join(folder.path, name));
  if (createHash("sha256").update(content).digest("hex") === file.digest) return content;
  throw new ArcError("ARC_PLAN_STALE", `${name} of ${folder.name} changed while it was being copied`);
}

async function writeSynced(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  await using handle = await open(path, "wx", 0o600);
  await handle.writeFile(data);
  await handle.chmod(mode);
  await handle.sync();
}
