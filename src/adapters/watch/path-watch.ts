import { statSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname, relative, sep } from "node:path";
import { isMissing } from "../files/errno.ts";
import { FolderTree, reasonOf } from "./folder-tree.ts";
import type { WatchedPath } from "./watched-path.ts";

interface PathWatchOptions {
  readonly maxFolders: number;
  readonly onHint: () => void;
  readonly onLost: (reason: string) => void;
}

/** How often the way to a path may change while it is being watched. */
const ATTEMPTS = 10;

/**
 * Watches one path through the nearest folder above it that is there, where only the next name on the way to the path
 * counts; a path that is a folder is watched itself as well. So a file that is renamed over is seen, its neighbours are
 * not (state.db-wal beside node.yml), and what is deleted and made again is found again.
 */
export class PathWatch implements Disposable {
  readonly #target: WatchedPath;
  readonly #options: PathWatchOptions;
  #above: FSWatcher | null = null;
  #tree: FolderTree | null = null;

  constructor(target: WatchedPath, options: PathWatchOptions) {
    this.#target = target;
    this.#options = options;
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#above?.close();
    this.#tree?.[Symbol.dispose]();
    this.#above = null;
    this.#tree = null;
  }

  /** First above, then the path itself: whatever comes in between is told from above. */
  #arm(): void {
    this[Symbol.dispose]();
    const { path, recursive } = this.#target;
    this.#watchAbove();
    if (isFolder(path)) {
      const { maxFolders, onHint, onLost } = this.#options;
      this.#tree = new FolderTree(path, { recursive, maxFolders, onChange: onHint, onLost });
    }
  }

  #watchAbove(): void {
    const { path } = this.#target;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const folder = nearestFolder(path);
      try {
        this.#above = this.#watchFolder(folder);
      } catch (error) {
        if (isMissing(error)) continue;
        this.#options.onLost(reasonOf(error));
        return;
      }
      if (nearestFolder(path) === folder) return;
      // The next folder on the way was made, or this one went, before the watch began.
      this.#above.close();
      this.#above = null;
    }
    this.#options.onLost("the way to it keeps changing");
  }

  #watchFolder(folder: string): FSWatcher {
    const next = relative(folder, this.#target.path).split(sep)[0];
    const watcher = watch(folder, { persistent: false });
    watcher.on("change", (event, name) => {
      // A folder's own end or move comes under its own name.
      if (name !== next && name !== basename(folder)) return;
      if (event === "rename") this.#arm();
      this.#options.onHint();
    });
    watcher.on("error", (error) => {
      watcher.close();
      this.#options.onLost(reasonOf(error));
    });
    return watcher;
  }
}

/** The nearest folder above `path` that is there. */
function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (folder !== dirname(folder) && !isFolder(folder)) folder = dirname(folder);
  return folder;
}

/** Follows a link: a catalogue may be one. */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
