import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { create } from "tar";

/**
 * A build context as a tar stream: the same folder gives the same bytes (sorted paths, no times, no owners), so that
 * the engine's build cache holds. Symbolic links go as links.
 */
export async function buildContext(folder: string): Promise<Readable> {
  const paths = await walk(folder, "");
  // An archive of nothing is refused by the library; the folder itself is always there.
  const archive = create(
    { cwd: folder, portable: true, mtime: new Date(0), noDirRecurse: true, gzip: false, strict: true },
    paths.length === 0 ? ["."] : [...paths],
  );
  return Readable.from(archive);
}

async function walk(folder: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile() || entry.isSymbolicLink() || entry.isDirectory()) paths.push(path);
    if (entry.isDirectory()) paths.push(...(await walk(folder, path)));
  }
  return paths;
}
