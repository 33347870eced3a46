import type { AcceptedStore, FolderSource } from "../ports/catalogue.ts";
import type { Clock } from "../ports/clock.ts";
import type { DataDirs } from "../ports/data-dirs.ts";
import type { DiskSpace } from "../ports/disk-space.ts";
import type { ContainerEngine } from "../ports/engine.ts";
import type { FactSource } from "../ports/fact-source.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { Log } from "../ports/log.ts";
import type { NodeFile } from "../ports/node-file.ts";
import type { PortTable } from "../ports/port-table.ts";
import type { Prober } from "../ports/prober.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { Random } from "../ports/random.ts";
import type { RecordStore } from "../ports/record-store.ts";
import type { RenderedFiles } from "../ports/rendered-files.ts";
import type { SecretStore } from "../ports/secret-store.ts";

/** Every port the loop works through, put together in one composition root. */
export interface Collaborators {
  readonly engine: ContainerEngine;
  readonly clock: Clock;
  readonly random: Random;
  readonly facts: FactSource;
  readonly secrets: SecretStore;
  readonly catalogue: FolderSource;
  readonly accepted: AcceptedStore;
  readonly nodeFile: NodeFile;
  readonly records: RecordStore;
  readonly diskSpace: DiskSpace;
  /** Where the engine's store lies, as soon as it has told; null: not known. */
  readonly storeRoot: () => string | null;
  readonly rendered: RenderedFiles;
  readonly dataDirs: DataDirs;
  readonly processes: ProcessTable;
  readonly portTable: PortTable;
  readonly prober: Prober;
  readonly history: HistoryStore;
  readonly log: Log;
  /** Who owns the containers made here; stands in their owner label. */
  readonly nodeId: string;
  /** Absolute; each app's data lies in a folder of its name below it. */
  readonly dataRoot: string;
}
