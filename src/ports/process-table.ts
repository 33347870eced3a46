import type { Stray } from "../core/observed/stray.ts";

/**
 * Why the kernel killed a process for want of memory: its container had reached its own limit, or the whole machine (or
 * a group around the container) had none left.
 */
export type OomKill = "limit" | "machine";

/** The kernel's word on a container's process: the engine can say "running" for ever. */
export interface ProcessTable {
  /** Whether `pid` is alive, no zombie, and belongs to the container with that id as far as the host can tell. */
  alive(pid: number, containerId: string): boolean;
  /** Whether its monitor lives, which will tell the engine how the container ended. */
  isWatched(containerId: string): boolean;
  /** Ids of all containers, anybody's, of which a process or the monitor lives. Reads the whole table. */
  running(): ReadonlySet<string>;
  /**
   * Processes that a monitor watches, of containers whose id is not in `told`. With `graphRoot`, where the engine's store
   * lies, those of its containers alone: an engine with another store has containers that ours never knew.
   */
  strays(told: ReadonlySet<string>, graphRoot?: string): readonly Stray[];
  /**
   * Whether the kernel killed a process of that container for want of memory since `since` (ms since the epoch, the start
   * of the run that is asked about), and why; null: no, or nobody can tell. To be asked soon after the end: the kernel
   * keeps its log for a while only. A few ms.
   */
  oomKill(containerId: string, since: number): OomKill | null;
  /** Ends one: the stop signal, SIGKILL after `grace` ms. Resolves when it has ended; ARC_ENGINE_TIMEOUT if it does not. */
  end(stray: Stray, signalName: string, grace: number, signal: AbortSignal): Promise<void>;
}
