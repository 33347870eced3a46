import { readdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { errnoOf, isMissing } from "../files/errno.ts";
import { isLeftover } from "../files/leftover.ts";
import { statNow } from "../files/stat-now.ts";

/** What nobody describes an app with, and what may be huge. */
const SKIPPED: ReadonlySet<string> = new Set([".git", "node_modules"]);

export interface FolderTreeOptions {
  readonly recursive: boolean;
  /** How many folders are watched at most. */
  readonly maxFolders: number;
  readonly onChange: () => void;
  /** Called each time that something can't be watched, with a short reason. What is watched already stays so. */
  readonly onLost: (reason: string) => void;
}

/**
 * Watches one folder, or it and all below it, each with a watch of its own. Not Node 24's recursive watch: on Linux that
 * one also watches every file, follows node_modules and knows no bound. Links to folders are not followed.
 *
 * A new folder is watched before its hint is given, so what came into it before is seen by the look that the hint
 * causes, and what comes after has a hint of its own.
 */
export class FolderTree implements Disposable {
  readonly #options: FolderTreeOptions;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(root: string, options: FolderTreeOptions) {
    this.#options = options;
    this.#arm(root);
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Breadth first, so that under a bound it is the deepest folders that go without. */
  #arm(root: string): void {
    const queue = [root];
    for (const folder of queue) {
      if (!this.#watch(folder)) continue;
      if (this.#options.recursive) queue.push(...foldersIn(folder));
    }
  }

  #watch(folder: string): boolean {
    const { maxFolders, onLost } = this.#options;
    if (this.#watchers.size >= maxFolders) {
      onLost(`it holds more than ${maxFolders} folders`);
      return false;
    }
    try {
      const watcher = watch(folder, { persistent: false });
      watcher.on("change", (event, name) => this.#changed(folder, event, String(name)));
      watcher.on("error", (error) => {
        this.#disarm(folder);
        onLost(reasonOf(error));
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch (error) {
      // Gone since it was listed: its parent tells of that.
      if (!isMissing(error)) onLost(reasonOf(error));
      return false;
    }
  }

  #changed(folder: string, event: string, name: string): void {
    if (isLeftover(name) || SKIPPED.has(name)) return;
    // "rename" is making, moving and removing. A folder of that name may be another one now, so its watches are made anew.
    if (event === "rename" && this.#options.recursive) {
      const path = join(folder, name);
      this.#disarm(path);
      if (statNow(path)?.isDirectory()) this.#arm(path);
    }
    this.#options.onChange();
  }

  #disarm(top: string): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folder !== top && !folder.startsWith(`${top}/`)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
  }
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name) && !isLeftover(entry.name))
      .map((entry) => join(folder, entry.name));
  } catch {
    // Gone, or closed to us: then there is nothing in it to watch.
    return [];
  }
}

/** Why something can't be watched, in plain words. */
export function reasonOf(error: unknown): string {
  switch (errnoOf(error)) {
    case "ENOSPC":
      return "the kernel's limit of watches is reached (fs.inotify.max_user_watches)";
    case "EMFILE":
      return "the limit of open files or of inotify instances is reached";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
