import { isCollection, isMap, isScalar, type Document, type Pair, YAMLMap } from "yaml";
import type { Problem } from "../errors/problem.ts";
import { failed, ok, type Result } from "../result.ts";
import { parseNode } from "./parse-node.ts";
import { formatPath } from "./path.ts";
import { parseYamlDocument } from "./read-yaml.ts";

/** One edit of node.yml. Setting `null` removes the key. */
export interface NodeEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

const FILE = "node.yml";

/**
 * The text of node.yml after some edits. Comments, order and the style of what stands there are kept, maps on the way
 * are made, and edits that change nothing give the same text. Fails with ARC_NODE_INVALID where the text can't be read,
 * a path leads through something that is no map, or the outcome is no valid node.yml. Never throws.
 */
export function editNode(text: string, edits: readonly NodeEdit[], file: string = FILE): Result<string> {
  const { document } = parseYamlDocument(text);
  // With a syntax error the document is a guess, and writing it would lose text.
  if (document.errors.length > 0) return parseNode(text, file) as Result<never>;
  let changed = false;
  for (const edit of edits) {
    const outcome = applyEdit(document, edit);
    if (!outcome.ok) return outcome;
    changed ||= outcome.value;
  }
  const edited = changed ? document.toString({ lineWidth: 0 }) : text;
  const parsed = parseNode(edited, file);
  return parsed.ok ? ok(edited) : parsed;
}

function refusal(path: readonly string[], message: string): Result<never> {
  const problem: Problem = { code: "ARC_NODE_INVALID", message, path: formatPath(path) };
  return failed(problem);
}

/** Whether the document changed. */
function applyEdit(document: Document, { path, value }: NodeEdit): Result<boolean> {
  const key = path.at(-1);
  if (key === undefined) return refusal(path, "an edit needs a path");
  const removes = value === null || value === undefined;
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    if (removes) return ok(false);
    const root = new YAMLMap(document.schema);
    root.commentBefore = document.contents?.commentBefore ?? null;
    document.contents = root;
  }
  let map: unknown = document.contents;
  for (const [depth, segment] of path.entries()) {
    if (!isMap(map)) return refusal(path.slice(0, depth), "is no map that can be edited");
    const pair = pairOf(map, segment);
    if (depth === path.length - 1) return ok(removes ? remove(map, pair) : put(document, map, pair, key, value));
    if (pair === undefined || isEmpty(pair.value)) {
      if (removes) return ok(false);
      const made = new YAMLMap(document.schema);
      if (pair) pair.value = made;
      else append(map, document.createPair(segment, made) as Pair);
      map = made;
    } else map = pair.value;
  }
  return ok(false);
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
