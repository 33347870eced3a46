import { constants } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { errnoOf } from "../files/errno.ts";

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A folder held by its descriptor, as openat(2) would: a container that writes to the tree at the same time may rename
 * what it likes or put links in its place, and still nothing outside is reached. Paths through /proc/self/fd lead to the
 * folder itself, wherever it has been moved to.
 */
export class HeldFolder implements AsyncDisposable {
  readonly handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.handle = handle;
  }

  /** Fails with ENOTDIR where `path` itself is a link, and follows those before it. */
  static async open(path: string): Promise<HeldFolder> {
    return new HeldFolder(await open(path, FOLDER));
  }

  /** The folder as a path, while it is held. */
  get path(): string {
    return `/proc/self/fd/${this.handle.fd}`;
  }

  /** An entry, for calls that follow no link. */
  entry(name: string): string {
    return `${this.path}/${name}`;
  }

  /** The folder of that name inside; fails with ENOTDIR where it is a link or a file. */
  child(name: string): Promise<HeldFolder> {
    return HeldFolder.open(this.entry(name));
  }

  /**
   * The folder of that name inside, made with exactly `mode` where nothing is. One that is made belongs to whom this one
   * belongs, as far as this process may give it: the app that owns this folder writes to it.
   */
  async childOrNew(name: string, mode: number): Promise<HeldFolder> {
    const made = await this.#make(name, mode);
    const child = await this.child(name);
    if (!made) return child;
    try {
      await child.handle.chmod(mode);
      const { uid, gid } = await this.handle.stat();
      if (process.geteuid?.() === 0) await child.handle.chown(uid, gid);
      await this.handle.sync();
      return child;
    } catch (error) {
      await child[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #make(name: string, mode: number): Promise<boolean> {
    try {
      await mkdir(this.entry(name), { mode });
      return true;
    } catch (error) {
      if (errnoOf(error) === "EEXIST") return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }
}
