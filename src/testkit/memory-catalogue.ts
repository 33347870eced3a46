import { ArcError } from "../core/errors/arc-error.ts";
import type { AppFolder } from "../core/manifest/manifest.ts";
import type { AcceptedStore, FolderSource } from "../ports/catalogue.ts";

/** A directory of app folders in memory; folders are made by `appFolder`. The same map as long as nothing changes. */
export class MemoryFolderSource implements FolderSource {
  #folders: ReadonlyMap<string, AppFolder>;

  constructor(folders: readonly AppFolder[] = []) {
    this.#folders = new Map(folders.map((folder) => [folder.name, folder]));
  }

  async read(): Promise<ReadonlyMap<string, AppFolder>> {
    return this.#folders;
  }

  /** Puts a folder in place of the one of its name. */
  set(folder: AppFolder): void {
    this.#folders = new Map(this.#folders).set(folder.name, folder);
  }

  delete(name: string): void {
    const folders = new Map(this.#folders);
    folders.delete(name);
    this.#folders = folders;
  }
}

/** The accepted copies in memory. A copy knows its own place, as on the disk. */
export class MemoryAcceptedStore extends MemoryFolderSource implements AcceptedStore {
  /** Names of the folders that were accepted, in order. */
  readonly accepted: string[] = [];

  async accept(folder: AppFolder): Promise<void> {
    if (folder.problems !== undefined) throw ArcError.fromProblems(folder.problems);
    const path = `/accepted/${folder.name}`;
    this.set({ ...folder, path, manifestFile: `${path}/manifest.yml` });
    this.accepted.push(folder.name);
  }

  async forget(app: string): Promise<void> {
    this.delete(app);
  }
}
