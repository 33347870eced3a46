import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const CORPUS = path.join(import.meta.dirname, "corpus");

/** The seeds of a target, in the order of their names. */
export function readCorpus(target: string): readonly Buffer[] {
  const folder = path.join(CORPUS, target);
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(path.join(folder, name)));
}

/** Keeps an input that broke something beside the other seeds. Gives its path from the repository's root. */
export function keepInput(target: string, input: Uint8Array): string {
  const name = `found-${createHash("sha256").update(input).digest("hex").slice(0, 10)}`;
  mkdirSync(path.join(CORPUS, target), { recursive: true });
  writeFileSync(path.join(CORPUS, target, name), input);
  return path.posix.join("test", "fuzz", "corpus", target, name);
}
