/** A file or a folder whose changes are worth a look. */
export interface WatchedPath {
  /** Absolute. It need not be there yet. */
  readonly path: string;
  /** What is told when something changes there. */
  readonly label: string;
  /** With every folder below it. */
  readonly recursive: boolean;
}
