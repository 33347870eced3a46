import type { ProcessTable } from "../../ports/process-table.ts";

/** The host's processes as far as containers own them. */
export class SimulatedProcessTable implements ProcessTable {
  readonly #owners = new Map<number, string>();
  #next = 1000;

  alive(pid: number, containerId: string): boolean {
    return this.#owners.get(pid) === containerId;
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

  end(pid: number): void {
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
