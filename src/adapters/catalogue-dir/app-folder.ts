import type { Problem } from "../../core/errors/problem.ts";
import type { AppFile, AppFolder } from "../../core/manifest/manifest.ts";
import { errnoOf } from "../files/errno.ts";
import type { FolderWalk } from "./folder-walk.ts";

export const MANIFEST = "manifest.yml";

/** Where a folder is, and how messages name its manifest. */
export type FolderPlace = Pick<AppFolder, "name" | "path" | "manifestFile">;

/** Reads the files of a walk; null where the folder has no manifest. Throws what the system says of a failed read. */
export async function assembleFolder(
  place: FolderPlace,
  walk: FolderWalk,
  read: (path: string) => Promise<AppFile | null>,
): Promise<AppFolder | null> {
  if (walk.escapes.has(MANIFEST)) return broken(place, "is a link that leads out of the folder or nowhere");
  if (walk.exceeded !== null) return broken(place, `the app's folder ${walk.exceeded}`);
  const files = new Map<string, AppFile>();
  for (const [name, path] of walk.files) {
    const file = await read(path);
    if (file !== null) files.set(name, file);
  }
  const manifest = files.get(MANIFEST);
  if (manifest === undefined) return null;
  if (manifest.text === null) return broken(place, "is larger than 1 MB or no UTF-8 text");
  files.delete(MANIFEST);
  return { ...place, manifestText: manifest.text, files, escapes: walk.escapes };
}

/** Stands for a folder that the system did not let us read. */
export function unreadableFolder(place: FolderPlace, error: unknown): AppFolder {
  return broken(place, `the app's folder can't be read (${errnoOf(error) ?? String(error)})`);
}

export function equalFolders(left: AppFolder, right: AppFolder): boolean {
  if (left.path !== right.path || left.manifestText !== right.manifestText) return false;
  if (left.files.size !== right.files.size || left.escapes.size !== right.escapes.size) return false;
  for (const [name, file] of right.files) if (left.files.get(name) !== file) return false;
  for (const name of right.escapes) if (!left.escapes.has(name)) return false;
  return left.problems?.[0]?.message === right.problems?.[0]?.message;
}

function broken(place: FolderPlace, message: string): AppFolder {
  const problem: Problem = {
    code: "ARC_MANIFEST_INVALID",
    message,
    at: { file: place.manifestFile, line: 1, column: 1 },
  };
  return { ...place, manifestText: "", files: new Map(), escapes: new Set(), problems: [problem] };
}
