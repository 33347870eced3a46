import type { ContainerId } from "../ids.ts";

/** A container of ours that is listed, but of which the engine or the disk can't tell what it was made from. */
export interface UnclearContainer {
  readonly app: string;
  readonly container: string | null;
  readonly id: ContainerId;
  /** Its name in the engine. */
  readonly name: string;
  /** What was said instead. */
  readonly reason: string;
  /**
   * It does not run, and the engine itself can't tell of it: what it consisted of is gone, as after a removal in the
   * middle of which the engine was killed. Nothing but its name is left to be removed.
   */
  readonly lost: boolean;
}
