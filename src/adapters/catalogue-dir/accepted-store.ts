import { renameSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { AppFolder } from "../../core/manifest/manifest.ts";
import type { AcceptedStore } from "../../ports/catalogue.ts";
import { syncFolder } from "../files/atomic-write.ts";
import { childPath } from "../files/child-path.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { isMissing } from "../files/errno.ts";
import { isLeftover, temporarySibling } from "../files/leftover.ts";
import { statNow } from "../files/stat-now.ts";
import { Turns } from "../files/turns.ts";
import { copyFolder, isSameCopy } from "./copy-folder.ts";
import { DirectoryFolderSource } from "./folder-source.ts";

const OLD = ".old";
const OLD_NAME = /^\.(.+)\.[0-9a-f]{12}\.old\.arc-tmp$/;

/**
 * `accepted/<app>/`: a copy of the folder that each running app was last committed from.
 *
 * A folder with files in it can't be replaced by one rename, so it takes two: the old copy steps aside as
 * `.<app>.<random>.old.arc-tmp`, the new one takes its name. A crash between the two leaves the old copy aside and
 * nothing in its place; the first call in the next process puts it back. One process at a time: the home's lock.
 */
export class DirectoryAcceptedStore implements AcceptedStore {
  readonly #directory: string;
  readonly #source: DirectoryFolderSource;
  readonly #turns = new Turns();
  #recovered: Promise<void> | null = null;

  constructor(directory: string, now: () => number = Date.now) {
    this.#directory = directory;
    this.#source = new DirectoryFolderSource(directory, now);
  }

  async read(): Promise<ReadonlyMap<string, AppFolder>> {
    await this.#recover();
    return this.#source.read();
  }

  /** Writes nothing when the copy is the same already. ARC_MANIFEST_INVALID for a folder that has problems. */
  accept(folder: AppFolder): Promise<void> {
    return this.#turns.run(async () => {
      if (folder.problems !== undefined) throw ArcError.fromProblems(folder.problems);
      const target = childPath(this.#directory, folder.name);
      const current = (await this.read()).get(folder.name);
      if (current !== undefined && isSameCopy(current, folder)) return;
      await ensureDir(this.#directory, 0o755);
      await this.#replace(target, folder);
    });
  }

  forget(app: string): Promise<void> {
    return this.#turns.run(async () => {
      await this.#recover();
      const target = childPath(this.#directory, app);
      if (statNow(target) === null) return;
      const aside = temporarySibling(target);
      renameSync(target, aside);
      await syncFolder(this.#directory);
      await rm(aside, { recursive: true });
    });
  }

  async #replace(target: string, folder: AppFolder): Promise<void> {
    const fresh = temporarySibling(target);
    try {
      await copyFolder(folder, fresh);
      const aside = swapIn(fresh, target);
      await syncFolder(this.#directory);
      if (aside !== null) await rm(aside, { recursive: true });
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }

  #recover(): Promise<void> {
    this.#recovered ??= recoverCopies(this.#directory).catch((error: unknown) => {
      this.#recovered = null;
      throw error;
    });
    return this.#recovered;
  }
}

/** Synchronous, so that no reader in this process falls between the two renames. Returns where the old one went. */
function swapIn(fresh: string, target: string): string | null {
  if (statNow(target) === null) {
    renameSync(fresh, target);
    return null;
  }
  const aside = temporarySibling(target, OLD);
  renameSync(target, aside);
  try {
    renameSync(fresh, target);
  } catch (error) {
    renameSync(aside, target);
    throw error;
  }
  return aside;
}

async function recoverCopies(directory: string): Promise<void> {
  const names = await namesIn(directory);
  for (const name of names) {
    const app = OLD_NAME.exec(name)?.[1];
    if (app !== undefined && statNow(join(directory, app)) === null)
      renameSync(join(directory, name), join(directory, app));
    else if (isLeftover(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
  if (names.some(isLeftover)) await syncFolder(directory);
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
