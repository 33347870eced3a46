import { readdirSync, renameSync, rmdirSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Trash, TrashEntry } from "../../ports/trash.ts";
import { HeldFolder } from "../data-dirs/held-folder.ts";
import { syncFolder } from "../files/atomic-write.ts";
import { childPath } from "../files/child-path.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { isMissing } from "../files/errno.ts";
import { isLeftover, temporarySibling } from "../files/leftover.ts";
import { statNow } from "../files/stat-now.ts";
import { Turns } from "../files/turns.ts";
import { mountPointsIn, readMountTable } from "./mount-points.ts";
import { forgetSize, notedId, readSize, writeSize } from "./size-note.ts";
import { asArcError } from "./trash-error.ts";
import { parseTrashId, trashId, type TrashName } from "./trash-id.ts";
import { measureTree, removeTree } from "./walk-tree.ts";

export interface TrashOptions {
  /** `data` and `trash` of the home, on one filesystem. */
  readonly data: string;
  readonly trash: string;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** The text of /proc/self/mountinfo. */
  readonly mountTable?: () => string;
}

/**
 * `trash/<app>-<time>`: each entry is the app's own folder, moved by one rename. All that is known of it is in its name,
 * so that there is no moment at which a crash leaves half of an entry; its size stands in a note beside it, which can be
 * lost. What is being deleted has the name of a leftover first. One process at a time: the home's lock.
 */
export class DirectoryTrash implements Trash {
  readonly #data: string;
  readonly #trash: string;
  readonly #now: () => number;
  readonly #mountTable: () => string;
  readonly #turns = new Turns();

  constructor(options: TrashOptions) {
    this.#data = options.data;
    this.#trash = options.trash;
    this.#now = options.now ?? Date.now;
    this.#mountTable = options.mountTable ?? readMountTable;
  }

  async recover(signal?: AbortSignal): Promise<void> {
    const names = await this.#names();
    const failures: ArcError[] = [];
    for (const name of names.filter((found) => isLeftover(found) || this.#isStrayNote(found))) {
      signal?.throwIfAborted();
      try {
        await this.#delete(name, signal);
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(asArcError(error, `${name} can't be deleted`));
      }
    }
    if (failures[0] !== undefined) throw failures[0];
  }

  put(app: string): Promise<TrashEntry | null> {
    return this.#turns.run(async () => {
      const from = childPath(this.#data, app);
      try {
        if (!isThere(from)) return null;
        this.#refuseMounts(from);
        await ensureDir(this.#trash, 0o700);
        const name = this.#freeName(app);
        const id = trashId(name);
        await move(from, join(this.#trash, id));
        return { id, ...name, bytes: null, link: await this.#link(id) };
      } catch (error) {
        throw asArcError(error, `${from} can't be moved to ${this.#trash}`);
      }
    });
  }

  async hasData(app: string): Promise<boolean> {
    const from = childPath(this.#data, app);
    try {
      return isThere(from);
    } catch (error) {
      throw asArcError(error, `${from} can't be read`);
    }
  }

  async list(): Promise<readonly TrashEntry[]> {
    const found = await Promise.all(
      (await this.#names()).map(async (id) => {
        const name = parseTrashId(id);
        if (name === null) return [];
        return [{ id, ...name, bytes: await readSize(join(this.#trash, id)), link: await this.#link(id) }];
      }),
    );
    return found.flat().toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  }

  async measure(id: string, signal?: AbortSignal): Promise<number> {
    this.#require(id);
    const path = join(this.#trash, id);
    const known = await readSize(path);
    if (known !== null) return known;
    const bytes = await this.#measure(id, signal);
    await this.#turns.run(async () => {
      if (statNow(path) === null) return;
      // A full disk: it is counted again the next time.
      await writeSize(path, bytes).catch(() => undefined);
    });
    return bytes;
  }

  restore(id: string): Promise<void> {
    return this.#turns.run(async () => {
      const { app } = this.#require(id);
      const to = childPath(this.#data, app);
      try {
        await ensureDir(this.#data, 0o700);
        if (statNow(to) !== null) this.#clear(to, app);
        await move(join(this.#trash, id), to);
        await forgetSize(join(this.#trash, id));
      } catch (error) {
        throw asArcError(error, `${id} can't be moved back to ${to}`);
      }
    });
  }

  async remove(id: string, signal?: AbortSignal): Promise<void> {
    const aside = await this.#turns.run(async () => {
      this.#require(id);
      const path = join(this.#trash, id);
      try {
        this.#refuseMounts(path);
        const leftover = temporarySibling(path, ".deleting");
        renameSync(path, leftover);
        await syncFolder(this.#trash);
        await forgetSize(path);
        return leftover;
      } catch (error) {
        throw asArcError(error, `${id} can't be deleted`);
      }
    });
    await this.#delete(basename(aside), signal);
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#trash);
    } catch (error) {
      if (isMissing(error)) return [];
      throw asArcError(error, `${this.#trash} can't be read`);
    }
  }

  #require(id: string): TrashName {
    const name = parseTrashId(id);
    if (name === null || statNow(join(this.#trash, id)) === null) {
      throw new ArcError("ARC_TRASH", `the trash holds no "${id}"`);
    }
    return name;
  }

  /** rename(2) would replace a file or an empty folder of that name without a word. */
  #freeName(app: string): TrashName {
    let at = this.#now();
    while (statNow(join(this.#trash, trashId({ app, at }))) !== null) at += 1;
    return { app, at };
  }

  /** An empty folder makes room; a crash right after it leaves none, which is the same to everybody. */
  #clear(to: string, app: string): void {
    const stats = statNow(to);
    if (stats === null) return;
    if (!stats.isDirectory() || readdirSync(to).length > 0) {
      throw new ArcError("ARC_TRASH", `${app} has data in ${to}, which is not overwritten`, {
        hint: "Uninstall the app, which moves that data to the trash too, or move it away.",
      });
    }
    rmdirSync(to);
  }

  /** A link is moved and deleted as it is, whatever is mounted where it leads. */
  #refuseMounts(path: string): void {
    if (statNow(path)?.isDirectory() !== true) return;
    const [point] = mountPointsIn(path, this.#mountTable());
    if (point === undefined) return;
    throw new ArcError("ARC_TRASH", `something is mounted at ${point}`, {
      hint: "Unmount it first: what lies on it stays there.",
    });
  }

  async #link(id: string): Promise<string | null> {
    try {
      return await readlink(join(this.#trash, id));
    } catch {
      return null;
    }
  }

  async #measure(id: string, signal: AbortSignal | undefined): Promise<number> {
    try {
      await using trash = await this.#open();
      return await measureTree(trash, id, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw asArcError(error, `${id} can't be measured`);
    }
  }

  async #delete(name: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      this.#refuseMounts(join(this.#trash, name));
      await using trash = await this.#open();
      await removeTree(trash, name, signal);
      await trash.handle.sync();
    } catch (error) {
      signal?.throwIfAborted();
      throw asArcError(error, `${join(this.#trash, name)} can't be deleted`);
    }
  }

  /** Held by way of its entry `.`, so that the trash itself may be a link to another disk. */
  #open(): Promise<HeldFolder> {
    return HeldFolder.open(`${this.#trash}/.`);
  }

  #isStrayNote(name: string): boolean {
    const id = notedId(name);
    return id !== null && parseTrashId(id) !== null && statNow(join(this.#trash, id)) === null;
  }
}

/** And more than an empty folder. */
function isThere(path: string): boolean {
  const stats = statNow(path);
  return stats !== null && !(stats.isDirectory() && readdirSync(path).length === 0);
}

/**
 * Nothing of that name may be there. The folder it goes to is synced first: where only one of the two reaches the disk
 * before a power cut, the data has two names rather than none.
 */
async function move(from: string, to: string): Promise<void> {
  renameSync(from, to);
  await syncFolder(dirname(to));
  await syncFolder(dirname(from));
}
