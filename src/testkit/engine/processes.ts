import type { Stray } from "../../core/observed/stray.ts";
import type { OomKill, ProcessTable } from "../../ports/process-table.ts";

/** The host's processes as far as containers own them. */
export class SimulatedProcessTable implements ProcessTable {
  readonly #owners = new Map<number, string>();
  #next = 1000;

  alive(pid: number, containerId: string): boolean {
    return this.#owners.get(pid) === containerId;
  }

  /** Containers that have ended and whose monitor has not told the engine yet. */
  readonly watched = new Set<string>();

  isWatched(containerId: string): boolean {
    return this.watched.has(containerId);
  }

  running(): ReadonlySet<string> {
    return new Set([...this.#owners.values(), ...this.watched, ...this.left.map(({ containerId }) => containerId)]);
  }

  /** What the kernel's log says of containers, by id. */
  readonly oomKills = new Map<string, OomKill>();

  oomKill(containerId: string): OomKill | null {
    return this.oomKills.get(containerId) ?? null;
  }

  /** Left behind by containers that the engine no longer knows. */
  readonly left: Stray[] = [];

  strays(known: ReadonlySet<string>): readonly Stray[] {
    return this.left.filter(({ containerId }) => !known.has(containerId));
  }

  async end(stray: Stray): Promise<void> {
    this.left.splice(this.left.indexOf(stray), 1);
  }

  /** How many container processes live. */
  get count(): number {
    return this.#owners.size;
  }

  spawn(containerId: string): number {
    const pid = this.#next++;
    this.#owners.set(pid, containerId);
    return pid;
  }

  exit(pid: number): void {
    this.#owners.delete(pid);
  }

  /** The kernel gives a pid out again, to a process of another container or of none. */
  recycle(pid: number, owner: string): void {
    this.#owners.set(pid, owner);
  }

  clear(): void {
    this.#owners.clear();
  }
}
