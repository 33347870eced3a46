import { readdirSync, type Dirent } from "node:fs";
import { join, resolve } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { AppFile, AppFolder } from "../../core/manifest/manifest.ts";
import type { FolderSource } from "../../ports/catalogue.ts";
import { isMissing } from "../files/errno.ts";
import { statNow } from "../files/stat-now.ts";
import { StatCache } from "../files/stat-cache.ts";
import { assembleFolder, equalFolders, MANIFEST, unreadableFolder } from "./app-folder.ts";
import { equalAppFiles, readAppFile } from "./app-file.ts";
import { isWalkCurrent, realPath, walkFolder, type FolderWalk } from "./folder-walk.ts";

interface Known {
  readonly root: string;
  readonly walk: FolderWalk;
  readonly folder: AppFolder;
}

/**
 * A directory of app folders. A look at an unchanged directory costs one stat a file and reads nothing; one folder that
 * can't be read carries its problems and never hides another.
 *
 * Messages name manifests as `<directory as given>/<app>/manifest.yml`.
 */
export class DirectoryFolderSource implements FolderSource {
  readonly #directory: string;
  readonly #now: () => number;
  readonly #files: StatCache<AppFile>;
  readonly #known = new Map<string, Known>();

  /** `now`: ms since the epoch, on the clock by which the kernel stamps files. */
  constructor(directory: string, now: () => number = Date.now) {
    this.#directory = directory;
    this.#now = now;
    this.#files = new StatCache({ read: readAppFile, equal: equalAppFiles, now });
  }

  /** Throws ARC_HOME where the directory is there and can't be listed. */
  async read(): Promise<ReadonlyMap<string, AppFolder>> {
    const base = realPath(this.#directory);
    const folders = new Map<string, AppFolder>();
    for (const entry of base === null ? [] : this.#list(base)) {
      if (entry.name.startsWith(".") || !(entry.isDirectory() || entry.isSymbolicLink())) continue;
      const root = entry.isDirectory() ? `${base}/${entry.name}` : realPath(`${base}/${entry.name}`);
      const folder = root === null ? null : await this.#readFolder(entry.name, root);
      if (folder !== null) folders.set(entry.name, folder);
    }
    for (const name of this.#known.keys()) if (!folders.has(name)) this.#forget(name);
    return folders;
  }

  #list(base: string): Dirent[] {
    try {
      return readdirSync(base, { withFileTypes: true }).toSorted((left, right) => (left.name < right.name ? -1 : 1));
    } catch (error) {
      if (isMissing(error)) return [];
      throw new ArcError("ARC_HOME", `${this.#directory} can't be listed`, { cause: error });
    }
  }

  /** null: no folder with a manifest. */
  async #readFolder(name: string, root: string): Promise<AppFolder | null> {
    const known = this.#known.get(name);
    if (known?.root === root && this.#isCurrent(known.walk)) return known.folder;
    const place = {
      name,
      path: join(resolve(this.#directory), name),
      manifestFile: join(this.#directory, name, MANIFEST),
    };
    try {
      if (statNow(join(root, MANIFEST)) === null) return null;
      const walk = await walkFolder(root, this.#now);
      const folder = await assembleFolder(place, walk, (path) => this.#files.get(path));
      if (folder === null) return null;
      const kept = known && equalFolders(known.folder, folder) ? known.folder : folder;
      this.#known.set(name, { root, walk, folder: kept });
      const paths = new Set(walk.files.values());
      this.#files.retain((path) => !path.startsWith(`${root}/`) || paths.has(path));
      return kept;
    } catch (error) {
      // Not remembered: the next look tries again. Gone between the listing and here is gone.
      return isMissing(error) ? null : unreadableFolder(place, error);
    }
  }

  #isCurrent(walk: FolderWalk): boolean {
    if (!isWalkCurrent(walk)) return false;
    for (const path of walk.files.values()) if (!this.#files.isCurrent(path)) return false;
    return true;
  }

  #forget(name: string): void {
    const known = this.#known.get(name);
    this.#known.delete(name);
    if (known) this.#files.retain((path) => !path.startsWith(`${known.root}/`));
  }
}
