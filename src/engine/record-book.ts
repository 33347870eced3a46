import { EMPTY_RECORD, encodeAppRecord, type AppRecord } from "../core/record/app-record.ts";
import type { Log } from "../ports/log.ts";
import type { Records, RecordStore } from "../ports/record-store.ts";

/**
 * The records, with those over them that could not be written, such as on a full disk: a generation that has failed must
 * make way whatever the disk says. They are written as soon as that is possible.
 */
export class RecordBook {
  readonly #store: RecordStore;
  readonly #log: Log;
  readonly #unwritten = new Map<string, AppRecord>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ records, log }: { readonly records: RecordStore; readonly log: Log }) {
    this.#store = records;
    this.#log = log;
  }

  /** In its turn where something is still to be written: what is written last is the newest. */
  read(): Promise<Records> {
    return this.#unwritten.size === 0 ? this.#read() : this.#inTurn(() => this.#read());
  }

  async #read(): Promise<Records> {
    for (const [app, record] of this.#unwritten) await this.#write(app, record, true);
    const stored = await this.#store.read();
    if (this.#unwritten.size === 0) return stored;
    return { ...stored, records: new Map([...stored.records, ...this.#unwritten]) };
  }

  /**
   * One change after the other: steps of several apps end at the same time. One that changes nothing writes nothing: a
   * write costs syncs of the disk, and has every app resolved anew.
   */
  change(app: string, edit: (before: AppRecord) => AppRecord): Promise<void> {
    return this.#inTurn(async () => {
      const { records } = await this.#read();
      const before = records.get(app) ?? EMPTY_RECORD;
      const after = edit(before);
      if (encodeAppRecord(after) !== encodeAppRecord(before)) await this.#write(app, after, false);
    });
  }

  /** What was fetched is noted, what was removed is no longer. */
  noteImages(change: (before: ReadonlySet<string>) => ReadonlySet<string>): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.#store.fetched();
      const after = change(before);
      if (after.symmetricDifference(before).size > 0) await this.#store.writeFetched(after);
    });
  }

  fetched(): Promise<ReadonlySet<string>> {
    return this.#store.fetched();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #write(app: string, record: AppRecord, again: boolean): Promise<void> {
    try {
      await this.#store.write(app, record);
      this.#unwritten.delete(app);
    } catch (error) {
      this.#unwritten.set(app, record);
      if (!again) this.#log.warn({ app, error: String(error) }, "its record is kept in memory until it can be written");
    }
  }
}
