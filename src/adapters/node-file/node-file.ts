import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Problem } from "../../core/errors/problem.ts";
import { editNode } from "../../core/manifest/edit-node.ts";
import type { NodeConfig } from "../../core/manifest/node-schema.ts";
import { parseNode } from "../../core/manifest/parse-node.ts";
import type { NodeEdit, NodeFile, NodeFileState } from "../../ports/node-file.ts";
import { writeFileAtomic } from "../files/atomic-write.ts";
import { ensureDir } from "../files/ensure-dir.ts";
import { isMissing } from "../files/errno.ts";
import { sameStamp, stampOf } from "../files/file-stamp.ts";
import { StatCache } from "../files/stat-cache.ts";
import { statNow } from "../files/stat-now.ts";
import { Turns } from "../files/turns.ts";

const NEW_FILE_MODE = 0o644;
const ATTEMPTS = 5;
const NO_FILE = "is no regular file";

/** Text, or null for bytes that are none. */
type Content = { readonly text: string | null };

/**
 * node.yml on the disk; a symbolic link is followed, and an edit replaces the file that it names. A person may save the
 * file while an edit is being made: the edit is then made again on what the person wrote.
 */
export class YamlNodeFile implements NodeFile {
  readonly #path: string;
  readonly #shown: string;
  readonly #file: StatCache<Content>;
  readonly #turns = new Turns();
  #parsed: { readonly content: Content | null; readonly state: NodeFileState } | null = null;
  #last: NodeConfig | null = null;

  /** `shown` is how messages name the file. `now`: ms since the epoch, on the clock by which the kernel stamps files. */
  constructor(path: string, options: { readonly shown?: string; readonly now?: () => number } = {}) {
    this.#path = resolve(path);
    this.#shown = options.shown ?? path;
    this.#file = new StatCache<Content>({
      read: async (handle) => ({ text: decode(await handle.readFile()) }),
      equal: (left, right) => left.text === right.text,
      ...(options.now === undefined ? {} : { now: options.now }),
    });
  }

  /** The same object while the file says the same. Never throws: what can't be read is not valid. */
  async read(): Promise<NodeFileState> {
    let content: Content | null;
    try {
      const real = this.#realPath();
      content = await this.#file.get(real);
      if (content === null && statNow(real) !== null) return this.#invalid(NO_FILE);
    } catch (error) {
      return this.#invalid(`can't be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (this.#parsed === null || this.#parsed.content !== content) {
      this.#parsed = { content, state: this.#parse(content) };
    }
    return this.#parsed.state;
  }

  edit(edits: readonly NodeEdit[]): Promise<void> {
    return this.#turns.run(async () => {
      for (let attempt = 1; ; attempt += 1) {
        if ((await this.#editOnce(edits)) === "done") return;
        if (attempt === ATTEMPTS) throw new ArcError("ARC_NODE_INVALID", `${this.#shown} is being written by others`);
      }
    });
  }

  async #editOnce(edits: readonly NodeEdit[]): Promise<"done" | "moved"> {
    const real = this.#realPath();
    const before = statNow(real);
    const state =
      before === null || before.isFile()
        ? this.#parse(before === null ? null : { text: decode(await readFile(real)) })
        : this.#invalid(NO_FILE);
    if (!state.valid) throw ArcError.fromProblems(state.problems);
    const edited = editNode(state.text, edits, this.#shown);
    if (!edited.ok) throw ArcError.fromProblems(edited.problems);
    if (edited.value === state.text) return "done";
    if (before === null) await ensureDir(dirname(real), 0o755);
    const moved = new Error("the file moved on");
    try {
      await writeFileAtomic(real, edited.value, {
        mode: before === null ? NEW_FILE_MODE : Number(before.mode & 0o777n),
        ...(before === null ? {} : { uid: Number(before.uid), gid: Number(before.gid) }),
        beforeRename: () => {
          const now = statNow(real);
          const same = now === null || before === null ? now === before : sameStamp(stampOf(now), stampOf(before));
          if (!same) throw moved;
        },
      });
    } catch (error) {
      if (error === moved) return "moved";
      throw error;
    }
    return "done";
  }

  #parse(content: Content | null): NodeFileState {
    if (content?.text === null) return this.#invalid("is no UTF-8 text");
    const text = content?.text ?? "";
    const parsed = parseNode(text, this.#shown);
    if (!parsed.ok) return { valid: false, problems: parsed.problems, last: this.#last };
    this.#last = parsed.value;
    return { valid: true, config: parsed.value, text };
  }

  #invalid(message: string): NodeFileState {
    const problem: Problem = { code: "ARC_NODE_INVALID", message, at: { file: this.#shown, line: 1, column: 1 } };
    return { valid: false, problems: [problem], last: this.#last };
  }

  /** The file itself where it is not there or hangs off a dangling link. */
  #realPath(): string {
    try {
      return realpathSync.native(this.#path);
    } catch (error) {
      if (isMissing(error)) return this.#path;
      throw error;
    }
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
