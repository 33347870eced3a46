import type { Disk } from "../core/plan/disk.ts";

/** How much room there is for data and for images. */
export interface DiskSpace {
  /** One for each place that is known and answers; where both lie on one disk, both say the same. Never rejects. */
  read(): Promise<readonly Disk[]>;
}
