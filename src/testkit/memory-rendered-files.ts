import { createHash } from "node:crypto";
import type { RenderedFile, RenderedFiles, RenderedState } from "../ports/rendered-files.ts";

interface Stored {
  content: string;
  mode: string;
  owner: string | undefined;
  sha256: string;
  /** Moves with each file that takes another's place; writing through keeps it. */
  readonly inode: number;
}

interface Folder {
  readonly app: string;
  readonly name: string;
  readonly files: Map<string, Stored>;
  record: string | null;
}

const ROOT = "/rendered";
const GONE: RenderedState = { sha256: null, mode: null };

/** Rendered files in memory. */
export class MemoryRenderedFiles implements RenderedFiles {
  readonly #folders = new Map<string, Folder>();
  #inodes = 0;
  #writes = 0;

  /** How many files were written so far: a look at a quiet node adds none. */
  get writes(): number {
    return this.#writes;
  }

  path(app: string, name: string, target: string): string {
    return `${ROOT}/${app}/${name}/${encodeURIComponent(target)}`;
  }

  async observe(app: string, name: string, targets: readonly string[]): Promise<ReadonlyMap<string, RenderedState>> {
    const files = this.#find(app, name)?.files;
    return new Map(
      targets.map((target) => {
        const file = files?.get(target);
        return [target, file ? { sha256: file.sha256, mode: file.mode } : GONE];
      }),
    );
  }

  async write(app: string, name: string, files: readonly RenderedFile[]): Promise<void> {
    const folder = this.#make(app, name);
    for (const { target, content, mode, owner } of files) {
      folder.files.set(target, { content, mode, owner, sha256: hash(content), inode: ++this.#inodes });
      this.#writes++;
    }
  }

  async writeThrough(app: string, name: string, files: readonly RenderedFile[]): Promise<void> {
    const folder = this.#make(app, name);
    for (const { target, content, mode, owner } of files) {
      const inode = folder.files.get(target)?.inode ?? ++this.#inodes;
      folder.files.set(target, { content, mode, owner, sha256: hash(content), inode });
      this.#writes++;
    }
  }

  async names(app: string): Promise<readonly string[]> {
    return Array.from(this.#folders.values())
      .filter((folder) => folder.app === app)
      .map((folder) => folder.name);
  }

  async remove(app: string, name: string): Promise<void> {
    this.#folders.delete(key(app, name));
  }

  async readRecord(app: string, name: string): Promise<string | null> {
    return this.#find(app, name)?.record ?? null;
  }

  async writeRecord(app: string, name: string, text: string): Promise<void> {
    this.#make(app, name).record = text;
    this.#writes++;
  }

  /** What stands in a file, with its owner and inode; null: gone. */
  file(app: string, name: string, target: string): Readonly<Stored> | null {
    return this.#find(app, name)?.files.get(target) ?? null;
  }

  /** Somebody edits a file by hand. */
  edit(app: string, name: string, target: string, content: string): void {
    const file = this.#find(app, name)?.files.get(target);
    if (!file) throw new Error(`nothing is rendered at ${this.path(app, name, target)}`);
    file.content = content;
    file.sha256 = hash(content);
  }

  /** Somebody deletes a file. */
  lose(app: string, name: string, target: string): void {
    this.#find(app, name)?.files.delete(target);
  }

  /** Whether a host path is a file of ours: for the simulated engine's `mountable`. */
  has(path: string): boolean {
    const [app = "", name = "", target = ""] = path.slice(ROOT.length + 1).split("/");
    return this.#find(app, name)?.files.has(decodeURIComponent(target)) ?? false;
  }

  #find(app: string, name: string): Folder | undefined {
    return this.#folders.get(key(app, name));
  }

  #make(app: string, name: string): Folder {
    const found = this.#find(app, name);
    if (found) return found;
    const folder: Folder = { app, name, files: new Map(), record: null };
    this.#folders.set(key(app, name), folder);
    return folder;
  }
}

const key = (app: string, name: string): string => `${app}/${name}`;
const hash = (content: string): string => createHash("sha256").update(content).digest("hex");
