import { isCollection, isMap, isScalar, type Document, type Pair, YAMLMap } from "yaml";
import { failed, type Result } from "../result.ts";
import { keepLines } from "./keep-lines.ts";
import { parseNode } from "./parse-node.ts";
import { formatPath, type Path } from "./path.ts";
import { parseYamlDocument, readYaml } from "./read-yaml.ts";

/** One edit of node.yml. Setting `null` removes the key. */
export interface NodeEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

const FILE = "node.yml";

/** Levels. node.yml has half a dozen; a value that nests by thousands can't be printed. */
const DEEPEST = 32;

/** Long lines are not folded. */
const PRINT = { lineWidth: 0 } as const;

/**
 * The text of node.yml after some edits. Lines that an edit does not touch stay as they are, comments and order with
 * them; maps on the way are made; edits that change nothing give the same text. Fails with ARC_NODE_INVALID where the
 * text can't be read, a path leads through something that is no map, or the outcome is no valid node.yml; with line and
 * column, of the outcome in the last case. Never throws.
 */
export function editNode(text: string, edits: readonly NodeEdit[], file: string = FILE): Result<string> {
  // With a syntax error the document is a guess, and writing it would lose text.
  const readable = readYaml(text, file, "ARC_NODE_INVALID");
  if (!readable.ok) return readable;
  const edited = editAll(text, edits);
  if (!edited.ok) {
    const { path, message } = edited;
    const at = readable.value.position(path, "value");
    return failed({ code: "ARC_NODE_INVALID", message, at, path: formatPath(path) });
  }
  const parsed = parseNode(edited.value, file);
  return parsed.ok ? edited : parsed;
}

/** An outcome, or what is in the way of an edit, and where. */
type Edited<T> = { readonly ok: true; readonly value: T } | Refusal;

interface Refusal {
  readonly ok: false;
  readonly path: Path;
  readonly message: string;
}

/** All edits go to one document: reading and printing cost the same for one edit and for a hundred. */
function editAll(text: string, edits: readonly NodeEdit[]): Edited<string> {
  const { document } = parseYamlDocument(text);
  const before = print(document);
  let changed = false;
  for (const edit of edits) {
    const applied = applyEdit(document, edit);
    if (!applied.ok) return applied;
    changed ||= applied.value;
  }
  if (!changed) return done(text);
  const after = print(document);
  if (before === null || after === null)
    return refusal(firstUnprintable(text, edits), "can't be edited here: other parts of the file refer to it");
  const kept = keepLines(text, before, after);
  // The lines were put together again as text: that they still mean the same is not taken on trust.
  return done(meaning(kept) === meaning(after) ? kept : after);
}

/** null where an alias has lost its anchor; nothing else can make the printer throw, for the text was read before. */
function print(document: Document): string | null {
  try {
    return document.toString(PRINT);
  } catch {
    return null;
  }
}

/** The path of the first edit after which the document can't be printed. */
function firstUnprintable(text: string, edits: readonly NodeEdit[]): readonly string[] {
  const { document } = parseYamlDocument(text);
  const first = edits.find((edit) => {
    applyEdit(document, edit);
    return print(document) === null;
  });
  return first?.path ?? [];
}

function meaning(text: string): string {
  const { document } = parseYamlDocument(text);
  return document.errors.length > 0 ? "" : JSON.stringify(document.toJS());
}

const done = <T>(value: T): Edited<T> => ({ ok: true, value });

const refusal = (path: Path, message: string): Refusal => ({ ok: false, path, message });

/** Whether the document changed. */
function applyEdit(document: Document, { path, value }: NodeEdit): Edited<boolean> {
  const key = path.at(-1);
  if (key === undefined) return refusal(path, "an edit needs a path");
  if (path.length > DEEPEST || nestsDeeper(value, DEEPEST)) return refusal(path.slice(0, DEEPEST), "nests too deeply");
  const removes = value === null || value === undefined;
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    if (removes) return done(false);
    const root = new YAMLMap(document.schema);
    root.commentBefore = document.contents?.commentBefore ?? null;
    document.contents = root;
  }
  let map: unknown = document.contents;
  for (const [depth, segment] of path.entries()) {
    if (!isMap(map)) return refusal(path.slice(0, depth), "is no map that can be edited");
    const pair = pairOf(map, segment);
    if (depth === path.length - 1) return done(removes ? remove(map, pair) : put(document, map, pair, key, value));
    if (pair === undefined || isEmpty(pair.value)) {
      if (removes) return done(false);
      const made = new YAMLMap(document.schema);
      if (pair) pair.value = made;
      else append(map, document.createPair(segment, made) as Pair);
      map = made;
    } else map = pair.value;
  }
  return done(false);
}

/** Without recursion, and no further than asked for: a value that was stored may be anything. */
function nestsDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= levels && level.length > 0; depth += 1) {
    level = level.flatMap((each): unknown[] => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return level.length > 0;
}

/** Keys are compared as text: `9735:` and `"9735":` are the same to everyone who reads the file. */
function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === key);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (isScalar(value) && value.value === null);
}

function remove(map: YAMLMap, pair: Pair | undefined): boolean {
  if (!pair) return false;
  map.items.splice(map.items.indexOf(pair), 1);
  return true;
}

function put(document: Document, map: YAMLMap, pair: Pair | undefined, key: string, value: unknown): boolean {
  const node = document.createNode(value);
  if (!pair) {
    append(map, document.createPair(key, node) as Pair);
    return true;
  }
  const before = pair.value;
  if (isScalar(before) && isScalar(node)) {
    if (before.value === node.value) return false;
    before.value = node.value; // keeps the comment behind it
    return true;
  }
  if (isCollection(before) && isCollection(node)) {
    if (JSON.stringify(before.toJSON()) === JSON.stringify(value)) return false;
    node.flow = before.flow ?? false;
    node.comment = before.comment ?? null;
  }
  pair.value = node;
  return true;
}

/** A map that was written `{}` because it was empty becomes one with a line for each key, unless a comment is there. */
function append(map: YAMLMap, pair: Pair): void {
  if (map.items.length === 0 && !map.comment) map.flow = false;
  map.items.push(pair);
}
