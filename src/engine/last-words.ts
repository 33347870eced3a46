import type { Collaborators } from "./collaborators.ts";
import { lastLines, lastWord } from "./last-lines.ts";

/** Lines of which the last that says something is shown. */
const LINES = 5;
/** Characters: it stands in a sentence. */
const LONGEST = 200;

type Sources = Pick<Collaborators, "engine" | "clock" | "secrets">;

/**
 * The last line that each container wrote before it ended. Asked for once a run and beside the looks: whoever heals a
 * container that has ended does not wait for what it said.
 */
export class LastWords {
  readonly #by: Sources;
  readonly #known = new Map<string, { readonly run: string; words: string }>();

  constructor(by: Sources) {
    this.#by = by;
  }

  /** Empty: it said nothing, or is still asked. */
  of(id: string, run: string, signal: AbortSignal): string {
    const known = this.#known.get(id);
    if (known?.run === run) return known.words;
    const entry = { run, words: "" };
    this.#known.set(id, entry);
    lastLines(this.#by, id, { lines: LINES }, signal).then(
      (lines) => {
        entry.words = this.#by.secrets.redact(lastWord(lines) ?? "").slice(0, LONGEST);
      },
      () => undefined,
    );
    return "";
  }

  retain(ids: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }
}
