import { normalize } from "node:path";
import { ArcError } from "../core/errors/arc-error.ts";
import type { DataDirs } from "../ports/data-dirs.ts";

/** Data folders in memory: which there are, and whose. */
export class MemoryDataDirs implements DataDirs {
  readonly #owners = new Map<string, string | null>();

  async ensure(root: string, path: string, owner: string | null): Promise<void> {
    const folder = normalize(path);
    if (folder !== root && !folder.startsWith(`${root}/`)) {
      throw new ArcError("ARC_HOME", `${path} leads out of ${root}`);
    }
    this.#owners.set(folder, owner ?? this.#owners.get(folder) ?? null);
  }

  async places(paths: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    return new Map(paths.map((path) => [path, this.#owners.has(path) ? path : null]));
  }

  /** By path: `uid:gid`, or null where nobody was named. */
  get owners(): ReadonlyMap<string, string | null> {
    return this.#owners;
  }

  /** For the simulated engine's `mountable`. */
  has(path: string): boolean {
    return this.#owners.has(path);
  }
}
