import type { AppFolder } from "../core/manifest/manifest.ts";

/** A directory of app folders: the catalogue, or the accepted copies. */
export interface FolderSource {
  /**
   * Every folder that holds a manifest.yml, by name. Cheap when nothing changed: contents are read again only where a
   * stat moved, and an unchanged folder is the same object as before. A directory that is gone is empty.
   */
  read(): Promise<ReadonlyMap<string, AppFolder>>;
}

/** The accepted copies: what each running app was last committed from. */
export interface AcceptedStore extends FolderSource {
  /** Copies the folder in place of the old copy, atomically; only regular files, modes kept. */
  accept(folder: AppFolder): Promise<void>;
  /** Forgets an app. */
  forget(app: string): Promise<void>;
}
