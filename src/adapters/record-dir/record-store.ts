import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ArcError } from "../../core/errors/arc-error.ts";
import { decodeAppRecord, encodeAppRecord, isEmptyRecord, type AppRecord } from "../../core/record/app-record.ts";
import type { Records, RecordStore } from "../../ports/record-store.ts";
import { syncFolder, writeFileAtomic } from "../files/atomic-write.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { isMissing } from "../files/errno.ts";

const RECORD = /^([a-z][a-z0-9-]*)\.json$/;
/** Hidden, so that it can't be an app's. */
const FETCHED = ".fetched.json";
/** They hold what programs said. */
const MODE = 0o600;

const fetchedSchema = z.array(z.string());

/**
 * `accepted/<app>.json` and `accepted/.fetched.json`. Read once: the home's lock sees to it that nobody else writes them.
 * A record that can't be read counts as missing, which costs a retry at most; it is said, and replaced by the next write.
 */
export class DirectoryRecordStore implements RecordStore {
  readonly #directory: string;
  #state: Promise<Records> | null = null;
  #fetched: Promise<ReadonlySet<string>> | null = null;

  constructor(directory: string) {
    this.#directory = directory;
  }

  read(): Promise<Records> {
    this.#state ??= readRecords(this.#directory).catch((error: unknown) => {
      this.#state = null;
      throw error;
    });
    return this.#state;
  }

  async write(app: string, record: AppRecord): Promise<void> {
    const { records, unreadable } = await this.read();
    const path = join(this.#directory, `${app}.json`);
    const next = new Map(records);
    if (isEmptyRecord(record)) {
      next.delete(app);
      await this.#remove(path);
    } else {
      next.set(app, record);
      await this.#put(path, encodeAppRecord(record));
    }
    this.#state = Promise.resolve({ records: next, unreadable });
  }

  fetched(): Promise<ReadonlySet<string>> {
    this.#fetched ??= readFetched(join(this.#directory, FETCHED));
    return this.#fetched;
  }

  async writeFetched(images: ReadonlySet<string>): Promise<void> {
    this.#fetched = Promise.resolve(images);
    await this.#put(join(this.#directory, FETCHED), `${JSON.stringify([...images].toSorted(), null, 2)}\n`);
  }

  async #put(path: string, text: string): Promise<void> {
    try {
      await ensureDir(this.#directory, 0o755);
      await writeFileAtomic(path, text, { mode: MODE });
    } catch (error) {
      throw new ArcError("ARC_HOME", `${path} can't be written: ${String(error)}`, { cause: error });
    }
  }

  async #remove(path: string): Promise<void> {
    try {
      await unlink(path);
      await syncFolder(this.#directory);
    } catch (error) {
      if (!isMissing(error)) throw new ArcError("ARC_HOME", `${path} can't be removed: ${String(error)}`);
    }
  }
}

async function readRecords(directory: string): Promise<Records> {
  const records = new Map<string, AppRecord>();
  const unreadable: string[] = [];
  for (const name of await namesIn(directory)) {
    const app = RECORD.exec(name)?.[1];
    if (app === undefined) continue;
    // A folder of that name, a disk that fails: never a reason not to look after the apps.
    const text = await readFile(join(directory, name), "utf8").catch(() => "");
    const record = decodeAppRecord(text);
    if (record) records.set(app, record);
    else unreadable.push(`${join(directory, name)} is no record of an app; it is taken for missing`);
  }
  return { records, unreadable };
}

/** One that can't be read is empty: fewer images are removed than could be. */
async function readFetched(path: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(fetchedSchema.parse(JSON.parse(await readFile(path, "utf8"))));
  } catch {
    return new Set();
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
