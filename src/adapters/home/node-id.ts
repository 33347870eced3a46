import { readFile } from "node:fs/promises";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Random } from "../../ports/random.ts";
import { createFileOnce } from "../files/atomic-write.ts";
import { isMissing } from "../files/errno.ts";

/**
 * The id by which this node marks its containers as its own: 32 hex digits, made once and kept at `path`. Another id
 * would make every container foreign, so a file that holds none is refused (ARC_HOME) and never replaced.
 */
export async function nodeId(path: string, random: Random): Promise<string> {
  let text = await textAt(path);
  if (text === null) {
    await createFileOnce(path, `${Buffer.from(random.bytes(16)).toString("hex")}\n`, { mode: 0o644 });
    text = await textAt(path);
  }
  if (text !== null && /^[0-9a-f]{32}\n?$/.test(text)) return text.trimEnd();
  throw new ArcError("ARC_HOME", `${path} does not hold a node id of 32 hexadecimal digits`, {
    hint: "Put the id back: the label archipelago.owner of this node's containers tells it.",
  });
}

async function textAt(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw new ArcError("ARC_HOME", `${path} can't be read`, { cause: error });
  }
}
