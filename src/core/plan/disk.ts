/** One file system that matters to us, in bytes. */
export interface Disk {
  readonly path: string;
  readonly what: "data" | "images";
  readonly free: number;
  readonly total: number;
}

/** Why nothing may be fetched or installed; null: there is room, or it can't be told. */
export function diskFullness(disks: readonly Disk[], mark: number): string | null {
  const full = disks.find(({ free }) => free < mark);
  return full
    ? `only ${gibibytes(full.free)} are free on the disk of the ${full.what} (the mark is ${gibibytes(mark)}): nothing is installed or fetched until there is more`
    : null;
}

/** `1.5 GiB`: sizes in node.yml are powers of 1024 too. */
export const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
