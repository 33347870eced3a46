import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissing } from "./errno.ts";

const SUFFIX = ".arc-tmp";

/**
 * A hidden sibling of `path` for something that is not finished yet: `.node.yml.3f9c0a17.arc-tmp`. After a crash it is
 * recognised by this name alone. The stem is cut so that the name stays below 255 bytes.
 */
export function temporarySibling(path: string, purpose = ""): string {
  const stem = basename(path).slice(0, 48);
  return join(dirname(path), `.${stem}.${randomBytes(6).toString("hex")}${purpose}${SUFFIX}`);
}

/** Whether a name is one that `temporarySibling` gives. */
export function isLeftover(name: string): boolean {
  return name.startsWith(".") && name.endsWith(SUFFIX);
}

/**
 * Removes what crashed writers left in `folder` and in `depth` levels of folders below it. Only for a moment when nobody
 * writes there: at boot, under the home's lock. Returns how many it removed.
 */
export async function cleanLeftovers(folder: string, depth = 0): Promise<number> {
  let removed = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (isLeftover(entry.name)) {
      await rm(path, { recursive: true, force: true });
      removed += 1;
    } else if (depth > 0 && entry.isDirectory()) {
      removed += await cleanLeftovers(path, depth - 1);
    }
  }
  return removed;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
