/** A container of ours that is listed, but of which the engine or the disk can't tell what it was made from. */
export interface UnclearContainer {
  readonly app: string;
  /** Its name in the engine. */
  readonly name: string;
  /** What was said instead. */
  readonly reason: string;
}
