import { realpath } from "node:fs/promises";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { DataDirs } from "../../ports/data-dirs.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { errnoOf } from "../files/errno.ts";
import { parseOwner, type Owner } from "../files/owner.ts";
import { HeldFolder } from "./held-folder.ts";
import { findsOtherOwner, giveContents, isOwnedBy } from "./ownership.ts";
import { pathInside } from "./path-inside.ts";

/** As it would be without us: the app's own umask decides about what lies inside. */
const FOLDER_MODE = 0o755;
/** `data` itself, where it has to be made. */
const ROOT_MODE = 0o700;
/** How many entries are looked at before the rest is taken to be right; a node's blocks are thousands of files. */
const PROBED_ENTRIES = 100;

export interface DataDirsOptions {
  /** Who this process is. */
  readonly self?: Owner;
}

/** The folders under `data/` on this host. */
export class HostDataDirs implements DataDirs {
  readonly #self: Owner;

  constructor(options: DataDirsOptions = {}) {
    this.#self = options.self ?? { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  }

  /**
   * Absolute paths. Folders that are made get mode 0755; one that is there keeps its own. The mode and owner of those on
   * the way are left alone. ARC_NOT_ROOT where another's ownership is wanted and this process can't give it.
   */
  async ensure(root: string, path: string, owner: string | null): Promise<void> {
    const wanted = owner === null ? null : parseOwner(owner);
    if (owner !== null && wanted === null) throw new ArcError("ARC_HOME", `"${owner}" is no owner for ${path}`);
    try {
      await ensureDir(root, ROOT_MODE);
      const realRoot = await realpath(root);
      const names = await pathInside(root, realRoot, path);
      await using folder = await openBelow(realRoot, names);
      if (wanted !== null) await this.#give(folder, path, wanted);
    } catch (error) {
      if (error instanceof ArcError) throw error;
      throw new ArcError("ARC_HOME", sentence(path, errnoOf(error)), { cause: error });
    }
  }

  async places(paths: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    return new Map(
      await Promise.all(paths.map(async (path) => [path, await realpath(path).catch(() => null)] as const)),
    );
  }

  /**
   * The contents first and the folder itself last: one that was killed half way still has its old owner at the top, and
   * is gone through again, however far the probe would have to look.
   */
  async #give(folder: HeldFolder, path: string, owner: Owner): Promise<void> {
    const topIsRight = isOwnedBy(await folder.handle.stat(), owner);
    if (topIsRight && !(await findsOtherOwner(folder.path, owner, PROBED_ENTRIES))) return;
    if (this.#self.uid !== 0 && !isOwnedBy(this.#self, owner)) {
      throw new ArcError("ARC_NOT_ROOT", `${path} should belong to ${owner.uid}:${owner.gid}, which only root can do`);
    }
    await giveContents(folder, owner);
    if (!topIsRight) await folder.handle.chown(owner.uid, owner.gid);
  }
}

/** Makes what is missing. No name may be a link by now: links were resolved, so it was put there meanwhile. */
async function openBelow(realRoot: string, names: readonly string[]): Promise<HeldFolder> {
  let folder = await HeldFolder.open(realRoot);
  for (const name of names) {
    await using parent = folder;
    folder = await parent.childOrNew(name, FOLDER_MODE);
  }
  return folder;
}

function sentence(path: string, errno: string | null): string {
  switch (errno) {
    case "ENOTDIR":
    case "EEXIST":
      return `${path}, or what it lies in, is no folder`;
    case "EACCES":
    case "EPERM":
      return `${path} can't be made or given away: permission denied`;
    case "EROFS":
      return `${path} lies on a read-only filesystem`;
    case "ENOSPC":
      return `${path} lies on a full filesystem`;
    default:
      return `${path} can't be used (${errno ?? "unknown cause"})`;
  }
}
