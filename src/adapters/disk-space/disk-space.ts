import { statfs } from "node:fs/promises";
import type { Disk } from "../../core/plan/disk.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DiskSpace } from "../../ports/disk-space.ts";

/** An answer counts for so long, in ms: every look asks, and free space is no matter of milliseconds. */
const FRESH = 2_000;

/** A dead network share answers never, and nobody can call statfs(2) back. A look waits so long for it, in ms. */
const PATIENCE = 500;

/** What statfs(2) tells, in blocks of `frsize` bytes. */
export interface FilesystemStats {
  readonly frsize: number;
  readonly blocks: number;
  /** Without what is kept for root alone. */
  readonly bavail: number;
}

export interface DiskSpaceOptions {
  /** The data root. */
  readonly data: string;
  /** Where the engine keeps its images; null as long as that is not known. */
  readonly images: () => string | null;
  readonly clock: Clock;
  readonly statfs?: (path: string) => Promise<FilesystemStats>;
}

/** One statfs a place every two seconds, and never a second one while the first has not answered. */
export class HostDiskSpace implements DiskSpace {
  readonly #options: DiskSpaceOptions;
  readonly #places = new Map<string, Place>();

  constructor(options: DiskSpaceOptions) {
    this.#options = options;
  }

  async read(): Promise<readonly Disk[]> {
    const { data, images } = this.#options;
    const disks = await Promise.all([this.#disk("data", data), this.#disk("images", images())]);
    return disks.filter((disk) => disk !== null);
  }

  async #disk(what: Disk["what"], path: string | null): Promise<Disk | null> {
    if (path === null) return null;
    const { clock, statfs: ask = statfs } = this.#options;
    const place = this.#places.get(path) ?? new Place(() => ask(path), clock);
    this.#places.set(path, place);
    const stats = await place.read();
    // Filesystems such as /proc, and some network shares, have no size: that is not the same as full.
    if (stats === null || stats.blocks === 0) return null;
    return { path, what, free: stats.bavail * stats.frsize, total: stats.blocks * stats.frsize };
  }
}

/** One path and what was last heard of its filesystem. */
class Place {
  readonly #ask: () => Promise<FilesystemStats>;
  readonly #clock: Clock;
  #last: FilesystemStats | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(ask: () => Promise<FilesystemStats>, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** null where it is not there or does not answer. What was known is known no longer then: it may have filled up. */
  async read(): Promise<FilesystemStats | null> {
    const now = this.#clock.now();
    // A clock that was turned back must not make an old answer fresh for years.
    const fresh = Math.abs(now - this.#askedAt) < FRESH;
    if (this.#asking === null && !fresh) this.#start(now);
    if (this.#asking !== null) await this.#patiently(this.#asking, now);
    return this.#last;
  }

  #start(now: number): void {
    this.#askedAt = now;
    this.#asking = this.#ask()
      .catch(() => null)
      .then((stats) => {
        this.#last = stats;
        this.#asking = null;
      });
  }

  /** Whoever comes when the patience with this answer is at its end does not wait again. */
  async #patiently(asking: Promise<void>, now: number): Promise<void> {
    const left = Math.min(PATIENCE, this.#askedAt + PATIENCE - now);
    if (left <= 0) {
      this.#last = null;
      return;
    }
    let over = (): void => undefined;
    const patience = new Promise<void>((resolve) => (over = resolve));
    using _ = this.#clock.timer(left, () => {
      this.#last = null;
      over();
    });
    await Promise.race([asking, patience]);
  }
}
