import { parseAst } from "rolldown/parseAst";

/** A node of the syntax tree, as far as the checks look at it. */
export type TreeNode = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };

/** Every node of a TypeScript source, parents before children. Throws where the source is no TypeScript. */
export function* treeNodes(source: string): Generator<TreeNode> {
  yield* below(parseAst(source, { lang: "ts" }));
}

function* below(value: unknown): Generator<TreeNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* below(item);
  } else if (isNode(value)) {
    yield value;
    for (const child of Object.values(value)) if (typeof child === "object") yield* below(child);
  }
}

export function isNode(value: unknown): value is TreeNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Counts from 1. */
export function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}
