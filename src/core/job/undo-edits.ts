import type { NodeEdit } from "../manifest/edit-node.ts";
import { readYaml } from "../manifest/read-yaml.ts";

/**
 * The edits that put back what node.yml said before `edits` at the places that they touch; nothing else is touched. What
 * was not there is removed, with every map that had to be made for it.
 */
export function undoEdits(text: string, edits: readonly NodeEdit[]): readonly NodeEdit[] {
  const read = readYaml(text, "node.yml", "ARC_NODE_INVALID");
  const before: unknown = read.ok ? read.value.value : null;
  const undone = new Map<string, NodeEdit>();
  for (const { path } of edits) {
    const edit = inverse(before, path);
    undone.set(JSON.stringify(edit.path), edit);
  }
  const all = [...undone.values()];
  // Removing an entry takes what is below it along.
  return all.filter(({ path }) => !all.some((other) => other.path.length < path.length && isBelow(path, other.path)));
}

function inverse(before: unknown, path: readonly string[]): NodeEdit {
  let value: unknown = before;
  for (const [depth, segment] of path.entries()) {
    if (!isMap(value) || !Object.hasOwn(value, segment)) {
      // An empty `web:` is an app that is wanted: only what stands below it goes.
      return { path: path.slice(0, value === null && depth >= 2 ? path.length : depth + 1), value: null };
    }
    value = value[segment];
  }
  // null would remove it, and an entry without a value is one all the same.
  return { path, value: value ?? {} };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBelow = (path: readonly string[], above: readonly string[]): boolean =>
  above.every((segment, index) => path[index] === segment);
