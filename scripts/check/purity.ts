import type { Violation } from "./architecture.ts";
import { isNode, lineOf, treeNodes, type TreeNode } from "./syntax-tree.ts";

/** Names through which a pure function would see the world. */
const WORLDLY = new Set(["process", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch", "console"]);

const HASHES = new Set(["createHash", "createHmac", "hash", "timingSafeEqual"]);

/** What in a file of src/core reads a clock, chance or the process, or waits. Tests are free. */
export function impurities(file: string, source: string): readonly Violation[] {
  if (!file.startsWith("src/core/") || file.endsWith(".test.ts")) return [];
  const found: Violation[] = [];
  for (const node of treeNodes(source)) {
    const what = impurity(node);
    if (what !== null) found.push({ file, line: lineOf(source, node.start), message: `core is pure: no ${what}` });
  }
  return found;
}

function impurity(node: TreeNode): string | null {
  switch (node.type) {
    case "AwaitExpression":
      return "await";
    case "ForOfStatement":
      return node.await === true ? "for await" : null;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return node.async === true ? "async function" : null;
    case "NewExpression":
      return nameOf(node.callee) === "Date" && Array.isArray(node.arguments) && node.arguments.length === 0
        ? "new Date()"
        : null;
    case "CallExpression":
      return calledImpurity(node);
    case "MemberExpression":
      return WORLDLY.has(nameOf(node.object)) ? nameOf(node.object) : null;
    case "ImportDeclaration":
      return cryptoImpurity(node);
    default:
      return null;
  }
}

function calledImpurity({ callee }: TreeNode): string | null {
  if (WORLDLY.has(nameOf(callee))) return `${nameOf(callee)}()`;
  if (!isNode(callee) || callee.type !== "MemberExpression") return null;
  const called = `${nameOf(callee.object)}.${nameOf(callee.property)}`;
  return ["Date.now", "Math.random", "performance.now", "crypto.randomUUID"].includes(called) ? `${called}()` : null;
}

function cryptoImpurity(node: TreeNode): string | null {
  if (!isNode(node.source) || node.source.value !== "node:crypto" || !Array.isArray(node.specifiers)) return null;
  const names = node.specifiers.map((specifier: unknown) => (isNode(specifier) ? nameOf(specifier.imported) : ""));
  const other = names.find((name) => !HASHES.has(name));
  return other === undefined ? null : `${other || "whole module"} of node:crypto`;
}

function nameOf(node: unknown): string {
  return isNode(node) && node.type === "Identifier" && typeof node.name === "string" ? node.name : "";
}
