import { ArcError } from "../core/errors/arc-error.ts";
import { editNode } from "../core/manifest/edit-node.ts";
import type { NodeConfig } from "../core/manifest/node-schema.ts";
import { parseNode } from "../core/manifest/parse-node.ts";
import type { NodeEdit, NodeFile, NodeFileState } from "../ports/node-file.ts";

const FILE = "node.yml";

/** node.yml in memory, parsed and edited as the real one is. The same state as long as its text stays the same. */
export class MemoryNodeFile implements NodeFile {
  #text: string;
  #state: NodeFileState;
  #last: NodeConfig | null = null;

  constructor(text = "") {
    this.#text = text;
    this.#state = this.#parse();
  }

  /** What stands in the file. */
  get text(): string {
    return this.#text;
  }

  async read(): Promise<NodeFileState> {
    return this.#state;
  }

  async edit(edits: readonly NodeEdit[]): Promise<void> {
    if (!this.#state.valid) throw ArcError.fromProblems(this.#state.problems);
    const edited = editNode(this.#text, edits, FILE);
    if (!edited.ok) throw ArcError.fromProblems(edited.problems);
    this.write(edited.value);
  }

  /** As somebody who saves another text by hand, valid or not. */
  write(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#state = this.#parse();
  }

  #parse(): NodeFileState {
    const parsed = parseNode(this.#text, FILE);
    if (!parsed.ok) return { valid: false, problems: parsed.problems, last: this.#last };
    this.#last = parsed.value;
    return { valid: true, config: parsed.value, text: this.#text };
  }
}
