import type { PullProgress } from "../../ports/engine.ts";

/** Podman copies so many layers at the same time (containers.conf: image_parallel_copies), unless it is told otherwise. */
const PARALLEL_COPIES = 6;

/**
 * Reads what a pull or a build says, line by line. Podman 4.3.1 names a layer when it begins to copy it, those that are
 * here already as well, and tells neither of its end nor of bytes. With six under way at a time, the seventh name means
 * that one is done; the config comes after the last of them.
 */
export class FetchWords {
  readonly #named = new Set<string>();
  #copied = false;
  #asking = false;

  read(line: string): PullProgress {
    const layer = /^Copying blob (?:sha256:)?([0-9a-f]+)/.exec(line)?.[1];
    if (line.startsWith("Trying to pull ")) {
      this.#asking = true;
      this.#begin();
    } else if (layer !== undefined) {
      this.#asking = false;
      this.#named.add(layer);
    } else if (line.startsWith("Getting image source signatures")) {
      this.#asking = false;
    } else if (line.startsWith("Copying config ")) {
      this.#copied = true;
    } else if (line.startsWith("STEP ")) {
      this.#asking = false;
      this.#begin();
    }
    return { line, asking: this.#asking, layers: this.#layers() };
  }

  #begin(): void {
    this.#named.clear();
    this.#copied = false;
  }

  #layers(): PullProgress["layers"] {
    const known = this.#named.size;
    if (known === 0) return null;
    return { done: this.#copied ? known : Math.max(0, known - PARALLEL_COPIES), known };
  }
}
