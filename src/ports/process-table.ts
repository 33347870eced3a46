/** The kernel's word on a container's process: the engine can say "running" for ever. */
export interface ProcessTable {
  /** Whether `pid` is alive, no zombie, and belongs to the container with that id as far as the host can tell. */
  alive(pid: number, containerId: string): boolean;
}
