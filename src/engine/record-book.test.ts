import { expect, test } from "vitest";
import { EMPTY_RECORD, type AppRecord } from "../core/record/app-record.ts";
import { MemoryRecordStore } from "../testkit/memory-record-store.ts";
import { RecordBook } from "./record-book.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const failedAt = (at: number): AppRecord => ({
  ...EMPTY_RECORD,
  quarantine: { containers: {}, version: String(at), reason: "", at, failed: [] },
});

/** Each write waits until it is let go. */
class SlowStore extends MemoryRecordStore {
  readonly waiting: (() => void)[] = [];
  slow = false;

  override async write(app: string, record: AppRecord): Promise<void> {
    if (this.slow) await new Promise<void>((resolve) => this.waiting.push(resolve));
    await super.write(app, record);
  }
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a record that could not be written counts, and is written when it can be", async () => {
  const records = new MemoryRecordStore();
  const book = new RecordBook({ records, log });
  records.full = true;
  await book.change("web", () => failedAt(1));
  expect((await book.read()).records.get("web")).toEqual(failedAt(1));
  expect((await records.read()).records.size).toBe(0);
  records.full = false;
  await book.read();
  expect((await records.read()).records.get("web")).toEqual(failedAt(1));
});

test("a change that changes nothing writes nothing: what was read before still counts", async () => {
  const records = new MemoryRecordStore();
  const book = new RecordBook({ records, log });
  await book.change("web", () => failedAt(1));
  const { records: before } = await book.read();
  records.full = true;
  await book.change("web", (record) => ({ ...record, adopted: record.adopted.filter(() => true) }));
  await book.change("gone", () => EMPTY_RECORD);
  expect((await book.read()).records).toBe(before);
});

test("one that is written late never takes the place of a newer one", async () => {
  const records = new SlowStore();
  const book = new RecordBook({ records, log });
  records.full = true;
  await book.change("web", () => failedAt(1));
  records.full = false;
  records.slow = true;
  const reading = book.read();
  const changing = book.change("web", () => failedAt(2));
  // Those that came last are let go first.
  for (let round = 0; round < 10; round++) {
    await turns();
    records.waiting.pop()?.();
  }
  await Promise.all([reading, changing]);
  expect((await records.read()).records.get("web")).toEqual(failedAt(2));
});
