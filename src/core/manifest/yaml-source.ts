import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Document,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Position } from "../errors/problem.ts";
import type { Path } from "./path.ts";

/** A YAML text that was read: its plain value, and where each part of it stands. */
export class YamlSource {
  readonly file: string;
  /** The document as plain maps, lists and scalars; null for an empty one. */
  readonly value: unknown;
  readonly #text: string;
  readonly #document: Document;
  readonly #lines: LineCounter;
  /** Pairs by key, made once a map is asked for: a large map is not searched for each of its problems. */
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(file: string, text: string, document: Document, lines: LineCounter, value: unknown) {
    this.file = file;
    this.value = value;
    this.#text = text;
    this.#document = document;
    this.#lines = lines;
  }

  /** Where the value at a path begins, or its key. What is missing stands where its nearest parent begins. */
  position(path: Path, part: "key" | "value"): Position {
    return this.#offset(this.#find(path, part)?.range?.[0] ?? 0);
  }

  /**
   * Where a line and column of the text at a path stand in the file. Exact for a scalar on one line that is written as
   * it reads; else the scalar's beginning.
   */
  within(path: Path, line: number, column: number): Position {
    const node = this.#find(path, "value");
    const start = this.position(path, "value");
    if (!isScalar(node) || typeof node.value !== "string" || !node.range || line !== 1) return start;
    const quote = node.type === "PLAIN" ? 0 : 1;
    const written = this.#text.slice(node.range[0] + quote, node.range[1] - quote);
    return written === node.value ? { ...start, column: start.column + quote + column - 1 } : start;
  }

  /** The node at a path, or its nearest parent that is there. A key without a value stands at the key. */
  #find(path: Path, part: "key" | "value"): Node | null {
    let found: Node | null = this.#document.contents;
    for (const [depth, segment] of path.entries()) {
      const node = this.#resolve(found);
      let next: unknown;
      if (isMap(node)) {
        const pair = this.#pair(node, String(segment));
        const empty = isScalar(pair?.value) && pair.value.value === null && pair.value.source === "";
        next = empty || (part === "key" && depth === path.length - 1) ? pair?.key : pair?.value;
      } else if (isSeq(node)) {
        next = node.items[Number(segment)];
      }
      if (!isNode(next)) return found;
      found = next;
    }
    return found;
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  #pair(map: YAMLMap, key: string): Pair | undefined {
    let pairs = this.#pairs.get(map);
    if (!pairs) {
      pairs = new Map(map.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]));
      this.#pairs.set(map, pairs);
    }
    return pairs.get(key);
  }

  #offset(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    // An empty document has no lines yet.
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}
