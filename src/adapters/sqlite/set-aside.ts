/** What stands beside a database in WAL mode and belongs to it. */
export const COMPANIONS = ["", "-wal", "-shm"] as const;
