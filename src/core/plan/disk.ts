import { humanBytes } from "../human-bytes.ts";

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
    const after = needed === 0 ? "" : `, about ${humanBytes(needed)} are needed`;
    return `only ${humanBytes(free)} are free on the disk of the ${what}${after} (${humanBytes(mark)} are to stay free): nothing is installed or fetched until there is more`;
  }
  return null;
}
