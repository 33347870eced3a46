import { existsSync, type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { isMissing } from "../files/errno.ts";

/** Where conmon leaves a file for each container that ended, unless Podman was told another tmp dir. */
export const EXIT_DIRECTORY = "/run/libpod/exits";

const ID = /^[0-9a-f]{64}$/;

/**
 * Ids of containers whose process has just ended, as conmon's exit file tells: at once, while the engine's own event
 * comes up to 250 ms later. A hint only: an id may come twice, or for a container that is long gone. The folder may be
 * absent (it comes with the first container after a boot) or be made anew. Ends when the signal fires.
 */
export async function* watchExits(directory: string, signal: AbortSignal): AsyncGenerator<string> {
  using watcher = new ExitWatcher(directory);
  const stop = (): void => watcher[Symbol.dispose]();
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      yield* watcher.take();
      await watcher.more();
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Watches the folder, or the nearest folder above it that is there, and moves down as folders appear. */
class ExitWatcher implements Disposable {
  readonly #directory: string;
  readonly #seen = new Set<string>();
  #watcher: FSWatcher | null = null;
  #wake: (() => void) | null = null;
  #disposed = false;

  constructor(directory: string) {
    this.#directory = directory;
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#watcher?.close();
    this.#wake?.();
  }

  take(): readonly string[] {
    const ids = [...this.#seen];
    this.#seen.clear();
    return ids;
  }

  /** Resolves when there is something to take, or when all is over. */
  async more(): Promise<void> {
    if (this.#seen.size > 0 || this.#disposed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = null;
  }

  #arm(): void {
    this.#watcher?.close();
    while (!this.#disposed) {
      const path = nearestFolder(this.#directory);
      const watcher = this.#tryWatch(path);
      // A folder may have come or gone between the two: nothing would tell of it any more.
      if (watcher && nearestFolder(this.#directory) === path) {
        this.#watcher = watcher;
        return;
      }
      watcher?.close();
    }
  }

  #tryWatch(path: string): FSWatcher | null {
    try {
      return this.#watch(path);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  #watch(path: string): FSWatcher {
    const isTarget = path === this.#directory;
    const watcher = watch(path, { persistent: false }, (_, name) => {
      if (isTarget && name !== null && ID.test(name)) {
        this.#seen.add(name);
        this.#wake?.();
      }
      // The kernel reports a removed folder under its own name.
      if (isTarget ? name === basename(path) : this.#leadsDown(path, name)) this.#arm();
    });
    watcher.on("error", () => this.#arm());
    return watcher;
  }

  #leadsDown(path: string, name: string | null): boolean {
    const prefix = path === "/" ? "/" : `${path}/`;
    return name === null || name === basename(path) || `${this.#directory}/`.startsWith(`${prefix}${name}/`);
  }
}

/** The folder itself, or the nearest one above it that is there. */
function nearestFolder(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) if (folder === "/" || existsSync(folder)) return folder;
}
