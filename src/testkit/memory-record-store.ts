import { isEmptyRecord, type AppRecord } from "../core/record/app-record.ts";
import type { Records, RecordStore } from "../ports/record-store.ts";

/** Records in memory. */
export class MemoryRecordStore implements RecordStore {
  #state: Records = { records: new Map(), unreadable: [] };
  #fetched: ReadonlySet<string> = new Set();
  /** Every write fails while this is set, as on a full disk. */
  full = false;

  async read(): Promise<Records> {
    return this.#state;
  }

  async write(app: string, record: AppRecord): Promise<void> {
    if (this.full) throw new Error("no space left on device");
    const records = new Map(this.#state.records);
    if (isEmptyRecord(record)) records.delete(app);
    else records.set(app, record);
    this.#state = { ...this.#state, records };
  }

  async fetched(): Promise<ReadonlySet<string>> {
    return this.#fetched;
  }

  async writeFetched(images: ReadonlySet<string>): Promise<void> {
    this.#fetched = images;
  }
}
