import { PathWatch } from "./path-watch.ts";
import type { WatchedPath } from "./watched-path.ts";

/** Far more than a catalogue has; the kernel's own bound is shared with every other program of this user. */
const MAX_FOLDERS = 2_000;

export interface WatchOptions {
  /** Told once for a label when something below it can't be watched: there the periodic look alone sees changes. */
  readonly onLost?: (label: string, reason: string) => void;
  /** Folders watched below one path, at most. Default: 2,000. */
  readonly maxFolders?: number;
}

/**
 * Calls `onHint` with a path's label whenever something may have changed there: hints only, several for one change, and
 * none for what can't be seen (a link's far end, a filesystem without inotify, a move of a folder far above). A path may
 * be missing, and may go and come back. Never throws and never keeps the process alive.
 */
export function watchPaths(
  paths: readonly WatchedPath[],
  onHint: (label: string) => void,
  options: WatchOptions = {},
): Disposable {
  const { onLost, maxFolders = MAX_FOLDERS } = options;
  const lost = new Set<string>();
  const watches = paths.map(
    (path) =>
      new PathWatch(path, {
        maxFolders,
        onHint: () => onHint(path.label),
        onLost: (reason) => {
          if (lost.has(path.label)) return;
          lost.add(path.label);
          onLost?.(path.label, reason);
        },
      }),
  );
  return {
    [Symbol.dispose]: () => {
      for (const watch of watches) watch[Symbol.dispose]();
    },
  };
}
