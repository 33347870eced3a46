/** What stands on the disk for one rendered file. */
export interface RenderedState {
  /** Hex sha256 of the content; null: the file is gone. */
  readonly sha256: string | null;
  /** Octal text such as `0440`; null: gone. */
  readonly mode: string | null;
}

export interface RenderedFile {
  /** Target path in the container; names the file on the host too. */
  readonly target: string;
  readonly content: string;
  readonly mode: string;
  /** `uid:gid` that shall own it; absent: root. */
  readonly owner?: string;
}

/** `rendered/<app>/<container name>/`: one folder for each generation of a container. */
export interface RenderedFiles {
  /** Absolute host path of a target's rendering. Pure. */
  path(app: string, name: string, target: string): string;
  /** By target. Cheap when nothing changed: contents are hashed again only when a stat moved. */
  observe(app: string, name: string, targets: readonly string[]): Promise<ReadonlyMap<string, RenderedState>>;
  /** tmp + fsync + rename + fsync of the folder. A new inode: a running container goes on seeing the old one. */
  write(app: string, name: string, files: readonly RenderedFile[]): Promise<void>;
  /** Into the same inode, so that a running container sees it at once. For files that are followed by a signal. */
  writeThrough(app: string, name: string, files: readonly RenderedFile[]): Promise<void>;
  /** Names of containers that have a folder for this app. */
  names(app: string): Promise<readonly string[]>;
  remove(app: string, name: string): Promise<void>;
  /** The record of what the container was last given; see LiveRecord. null: none. */
  readRecord(app: string, name: string): Promise<string | null>;
  writeRecord(app: string, name: string, text: string): Promise<void>;
}
