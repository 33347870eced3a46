/** One app's data as it was when the app was uninstalled. */
export interface TrashEntry {
  /** `<app>-<time>`: its name in the trash. */
  readonly id: string;
  readonly app: string;
  /** ms since the epoch when it was put there. */
  readonly at: number;
  /** What deleting it would free; null: not measured yet. */
  readonly bytes: number | null;
  /** Where the data is, where the app's folder was a symbolic link: then the link alone was moved. null: right here. */
  readonly link: string | null;
}

/** Data that nobody uses any more, until a person deletes it. Nothing here overwrites or deletes but `remove`. */
export interface Trash {
  /** Finishes what a crash left half deleted. Throws ARC_HOME after it has tried everything. */
  recover(signal?: AbortSignal): Promise<void>;
  /**
   * Moves the app's data here. null where there is none: no folder, or an empty one, which stays. The app's containers
   * must be gone. ARC_TRASH where something is mounted there; ARC_HOME where it can't be moved without copying.
   */
  put(app: string): Promise<TrashEntry | null>;
  /** Whether `put` would find anything. ARC_HOME. */
  hasData(app: string): Promise<boolean>;
  /** Newest first. */
  list(): Promise<readonly TrashEntry[]>;
  /** Counts the bytes and remembers them; looks at every file, which takes a while. ARC_TRASH for an id that is none. */
  measure(id: string, signal?: AbortSignal): Promise<number>;
  /** Back to where it was. ARC_TRASH where the app has data again, or for an id that is none. */
  restore(id: string): Promise<void>;
  /**
   * Deletes for good. It is off the list at once; where it is broken off, the next `recover` does the rest. ARC_TRASH for
   * an id that is none, and where something is mounted in it.
   */
  remove(id: string, signal?: AbortSignal): Promise<void>;
}
