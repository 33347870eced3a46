import type { ContainerSummary } from "../core/observed/observed.ts";
import type { Clock } from "../ports/clock.ts";
import type { ProcessTable } from "../ports/process-table.ts";

/** ms. A monitor writes the logs to the disk before it tells how its container ended; a slow disk lets it wait. */
const MONITOR_MAY_TAKE = 10_000;
/** ms. The engine's list may have been made before the monitor had told. */
const LIST_MAY_LAG = 500;

interface Ending {
  readonly pid: number;
  readonly since: number;
  /** When its monitor was last there. */
  readonly watchedAt: number;
}

/**
 * Tells a container that is just ending from one that is dead: both run for the engine and have no process. The first
 * will be an ordinary exit in a moment, with its exit code. Taken for dead, it would lose that and its logs, and a
 * one-shot that is done would run again.
 */
export class Endings {
  readonly #from: { readonly clock: Clock; readonly processes: ProcessTable };
  readonly #endings = new Map<string, Ending>();

  constructor(from: { readonly clock: Clock; readonly processes: ProcessTable }) {
    this.#from = from;
  }

  /** Of a container that runs for the engine: false only where it will never hear otherwise. */
  alive({ id, pid }: Pick<ContainerSummary, "id" | "pid">): boolean {
    const { clock, processes } = this.#from;
    if (processes.alive(pid, id)) {
      this.#endings.delete(id);
      return true;
    }
    const now = clock.now();
    const known = this.#endings.get(id);
    // A clock that was turned back must not keep a dead container for alive.
    const begun = known?.pid === pid && known.watchedAt <= now ? known : { pid, since: now, watchedAt: now };
    const watched = processes.isWatched(id) && now - begun.since < MONITOR_MAY_TAKE;
    this.#endings.set(id, watched ? { ...begun, watchedAt: now } : begun);
    return watched || now - begun.watchedAt < LIST_MAY_LAG;
  }

  /** Of one that was said to be alive: only as long as nothing tells how it ended. */
  isEnding(id: string): boolean {
    return this.#endings.has(id);
  }

  /** ms until another look can tell more; null where all is clear. `ids`: the containers that are there. */
  settle(ids: ReadonlySet<string>): number | null {
    for (const id of this.#endings.keys()) if (!ids.has(id)) this.#endings.delete(id);
    const now = this.#from.clock.now();
    const open = [...this.#endings.values()].filter(({ watchedAt }) => now - watchedAt < LIST_MAY_LAG);
    return open.length === 0 ? null : LIST_MAY_LAG;
  }
}
