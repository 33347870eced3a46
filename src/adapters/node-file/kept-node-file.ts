import { readFile } from "node:fs/promises";
import type { NodeConfig } from "../../core/manifest/node-schema.ts";
import { parseNode } from "../../core/manifest/parse-node.ts";
import type { NodeEdit, NodeFile, NodeFileState } from "../../ports/node-file.ts";
import { writeFileAtomic } from "../files/atomic-write.ts";

/**
 * A node file whose last valid text is kept at `path`. A node.yml that is broken when the daemon starts (a reboot after
 * a slip of the pen) is then answered with what was valid before, so that apps go on being healed. An empty text is not
 * kept: a file that has vanished would take the good copy with it.
 */
export class KeptNodeFile implements NodeFile {
  readonly #file: NodeFile;
  readonly #path: string;
  /** What stands at `path`; undefined: not looked at yet, null: nothing that can be read. */
  #kept: { readonly text: string; readonly config: NodeConfig | null } | null | undefined;

  constructor(file: NodeFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async read(): Promise<NodeFileState> {
    const state = await this.#file.read();
    const kept = (this.#kept ??= await readKept(this.#path));
    if (!state.valid) return state.last === null && kept?.config ? { ...state, last: kept.config } : state;
    if (state.text !== "" && state.text !== kept?.text) await this.#keep(state.text, state.config);
    return state;
  }

  edit(edits: readonly NodeEdit[]): Promise<void> {
    return this.#file.edit(edits);
  }

  /** A disk that is full must not stop the look that found the new text: the next one tries again. */
  async #keep(text: string, config: NodeConfig): Promise<void> {
    try {
      await writeFileAtomic(this.#path, text, { mode: 0o600 });
      this.#kept = { text, config };
    } catch {
      this.#kept = null;
    }
  }
}

async function readKept(path: string) {
  try {
    const text = await readFile(path, "utf8");
    const parsed = parseNode(text, path);
    return { text, config: parsed.ok ? parsed.value : null };
  } catch {
    return null;
  }
}
