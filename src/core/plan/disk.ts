/** One file system that matters to us, in bytes. */
export interface Disk {
  readonly path: string;
  readonly what: "data" | "images";
  readonly free: number;
  readonly total: number;
}

/** Why nothing may be fetched or installed; null: there is room for so many bytes of images, or it can't be told. */
export function diskShortage(disks: readonly Disk[], mark: number, bytes: number): string | null {
  for (const { what, free } of disks) {
    const needed = what === "images" ? bytes : 0;
    if (free - needed >= mark) continue;
    const after = needed === 0 ? "" : `, about ${gibibytes(needed)} are needed`;
    return `only ${gibibytes(free)} are free on the disk of the ${what}${after} (${gibibytes(mark)} are to stay free): nothing is installed or fetched until there is more`;
  }
  return null;
}

/** `1.5 GiB`: sizes in node.yml are powers of 1024 too. */
export const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
