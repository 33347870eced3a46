import type { Disk } from "../core/plan/disk.ts";
import type { DiskSpace } from "../ports/disk-space.ts";

const TERABYTE = 10 ** 12;

/** Disks as large and as full as a test wants them. */
export class MemoryDiskSpace implements DiskSpace {
  disks: readonly Disk[] = [
    { path: "/data", what: "data", free: TERABYTE, total: 2 * TERABYTE },
    { path: "/images", what: "images", free: TERABYTE, total: 2 * TERABYTE },
  ];

  async read(): Promise<readonly Disk[]> {
    return this.disks;
  }
}
