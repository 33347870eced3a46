import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { RenderedFile, RenderedFiles, RenderedState } from "../../ports/rendered-files.ts";
import { writeFileAtomic } from "../files/atomic-write.ts";
import { childPath } from "../files/child-path.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { errnoOf, isMissing } from "../files/errno.ts";
import { isLeftover } from "../files/leftover.ts";
import { parseOwner } from "../files/owner.ts";
import { StatCache } from "../files/stat-cache.ts";
import { statNow } from "../files/stat-now.ts";
import { renderedName } from "./rendered-name.ts";

const RECORD = ".record.json";

/**
 * Every folder is 0700 and each file has the mode and owner it was given. That hides secrets from other users of the
 * host, and still lets the container's user read: the runtime, as root, mounts the file itself, and inside the container
 * nobody walks through our folders.
 */
const FOLDER_MODE = 0o700;

const GONE: RenderedState = { sha256: null, mode: null };

/** `rendered/<app>/<container name>/`. */
export class DirectoryRenderedFiles implements RenderedFiles {
  readonly #root: string;
  readonly #files: StatCache<RenderedState>;
  readonly #records: StatCache<{ readonly text: string }>;

  /** `root`: absolute. `now`: ms since the epoch, on the clock by which the kernel stamps files. */
  constructor(root: string, now: () => number = Date.now) {
    this.#root = root;
    this.#files = new StatCache<RenderedState>({
      read: async (handle, stats) => ({
        sha256: createHash("sha256")
          .update(await handle.readFile())
          .digest("hex"),
        mode: octal(stats.mode),
      }),
      equal: (left, right) => left.sha256 === right.sha256 && left.mode === right.mode,
      now,
    });
    this.#records = new StatCache({
      read: async (handle) => ({ text: await handle.readFile("utf8") }),
      equal: (left, right) => left.text === right.text,
      now,
    });
  }

  path(app: string, name: string, target: string): string {
    return join(this.#folder(app, name), renderedName(target));
  }

  /** A link or a folder in a file's place counts as gone: it is not what was written. */
  async observe(app: string, name: string, targets: readonly string[]): Promise<ReadonlyMap<string, RenderedState>> {
    const states = new Map<string, RenderedState>();
    for (const target of targets) states.set(target, (await this.#files.get(this.path(app, name, target))) ?? GONE);
    return states;
  }

  async write(app: string, name: string, files: readonly RenderedFile[]): Promise<void> {
    if (files.length > 0) await ensureDir(this.#folder(app, name), FOLDER_MODE);
    for (const file of files) {
      const path = this.path(app, name, file.target);
      // An engine that finds a mount's source missing may have put a folder there.
      if (statNow(path)?.isDirectory() === true) await rm(path, { recursive: true });
      await writeFileAtomic(path, file.content, { mode: modeOf(file), ...ownerOf(file) });
    }
  }

  /** One that is not there as a regular file is written anew. A crash in the middle shows as a changed file. */
  async writeThrough(app: string, name: string, files: readonly RenderedFile[]): Promise<void> {
    for (const file of files) {
      const path = this.path(app, name, file.target);
      if (statNow(path)?.isFile() === true) await overwrite(path, file);
      else await this.write(app, name, [file]);
    }
  }

  async names(app: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(childPath(this.#root, app), { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && !isLeftover(entry.name))
        .map((entry) => entry.name)
        .toSorted();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async remove(app: string, name: string): Promise<void> {
    const folder = this.#folder(app, name);
    await rm(folder, { recursive: true, force: true });
    for (const cache of [this.#files, this.#records]) cache.retain((path) => !path.startsWith(`${folder}/`));
    await removeIfEmpty(dirname(folder));
  }

  async readRecord(app: string, name: string): Promise<string | null> {
    return (await this.#records.get(join(this.#folder(app, name), RECORD)))?.text ?? null;
  }

  async writeRecord(app: string, name: string, text: string): Promise<void> {
    const folder = this.#folder(app, name);
    await ensureDir(folder, FOLDER_MODE);
    await writeFileAtomic(join(folder, RECORD), text, { mode: 0o600 });
  }

  #folder(app: string, name: string): string {
    return childPath(childPath(this.#root, app), name);
  }
}

/** The content first and the length last: a reader sees old and new text mixed for a moment, but never an empty file. */
async function overwrite(path: string, file: RenderedFile): Promise<void> {
  await using handle = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  // Before the content: a secret that comes in must not be there for everybody for a moment.
  const { uid, gid } = ownerOf(file);
  if (uid !== undefined && gid !== undefined) await handle.chown(uid, gid);
  await handle.chmod(modeOf(file));
  const bytes = Buffer.from(file.content, "utf8");
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written, bytes.length - written, written)).bytesWritten;
  }
  await handle.truncate(bytes.length);
  await handle.sync();
}

function modeOf(file: RenderedFile): number {
  return Number.parseInt(file.mode, 8);
}

/** Only root can give files away; anybody else's are their own. */
function ownerOf(file: RenderedFile): { readonly uid?: number; readonly gid?: number } {
  if (file.owner !== undefined) {
    const owner = parseOwner(file.owner);
    if (owner === null) throw new ArcError("ARC_HOME", `"${file.owner}" is no owner for ${file.target}`);
    return owner;
  }
  return process.getuid?.() === 0 ? { uid: 0, gid: 0 } : {};
}

function octal(mode: bigint): string {
  return (mode & 0o7777n).toString(8).padStart(4, "0");
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== "ENOTEMPTY" && errno !== "EEXIST" && !isMissing(error)) throw error;
  }
}
