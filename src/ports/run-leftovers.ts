/**
 * What an engine holds for true until the next boot. It is made to lie in memory; where a disk holds it, it outlives the
 * boot, and the engine goes on believing in processes, addresses and network namespaces that are gone.
 */
export interface RunLeftovers {
  /** What shows that the engine believes in a boot that is over, as sentences; empty where nothing does. Starts nothing. */
  signs(): Promise<readonly string[]>;
  /**
   * Removes it, so that the engine begins as after any other boot. It concerns every container of the engine's store, and
   * is harmless only while none of them runs. Done again after a crash in the middle, it goes on.
   */
  forget(signal?: AbortSignal): Promise<void>;
  /**
   * Only lets the engine list its containers again: it goes on taking those that are gone for running, and nothing about
   * any container is changed. For where one runs.
   */
  standIn(signal?: AbortSignal): Promise<void>;
}
