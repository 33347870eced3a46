import type { Stray } from "../core/observed/stray.ts";

/** The kernel's word on a container's process: the engine can say "running" for ever. */
export interface ProcessTable {
  /** Whether `pid` is alive, no zombie, and belongs to the container with that id as far as the host can tell. */
  alive(pid: number, containerId: string): boolean;
  /** Whether its monitor lives, which will tell the engine how the container ended. */
  isWatched(containerId: string): boolean;
  /** Processes that a monitor watches, of containers whose id is not in `told`. */
  strays(told: ReadonlySet<string>): readonly Stray[];
  /** Ends one: the stop signal, SIGKILL after `grace` ms. Resolves when it has ended; ARC_ENGINE_TIMEOUT if it does not. */
  end(stray: Stray, signalName: string, grace: number, signal: AbortSignal): Promise<void>;
}
