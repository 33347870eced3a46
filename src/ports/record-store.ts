import type { AppRecord } from "../core/record/app-record.ts";

/** What must not be forgotten although no container tells it. Small; read at every look. */
export interface RecordStore {
  /** By app; the same map as before where nothing changed. */
  read(): Promise<Records>;
  /** Atomic. An empty record removes the app's file. ARC_HOME where it can't be written. */
  write(app: string, record: AppRecord): Promise<void>;
  /** Images that we fetched and did not remove since, by reference. */
  fetched(): Promise<ReadonlySet<string>>;
  writeFetched(images: ReadonlySet<string>): Promise<void>;
}

export interface Records {
  readonly records: ReadonlyMap<string, AppRecord>;
  /** Files that say nothing, as sentences: their apps have no record. */
  readonly unreadable: readonly string[];
}
