import { isAlias, isMap, isNode, isScalar, LineCounter, visit, type Document } from "yaml";
import type { ErrorCode } from "../errors/codes.ts";
import type { Problem } from "../errors/problem.ts";
import { failed, ok, type Result } from "../result.ts";
import { boundedText } from "../errors/bounded-text.ts";
import { composeYaml } from "./compose-yaml.ts";
import { YamlSource } from "./yaml-source.ts";

/** Bytes. A node of 10,000 apps fits; what is larger could take a small board's processor for seconds. */
const LARGEST = 524_288;
/** Each use of an alias is a copy; nobody writes more by hand. */
const MOST_ALIASES = 100;
/** Syntax errors multiply: after the first few the rest says nothing new. */
const MOST_SYNTAX_ERRORS = 20;

/** A YAML document that keeps its comments, to be edited. Never throws. */
export function parseYamlDocument(text: string): { readonly document: Document; readonly lines: LineCounter } {
  const lines = new LineCounter();
  // Not left to the parser: it passes over the ends of lines in what it can't make sense of (yaml 2.9).
  for (let start = 0; start > 0 || lines.lineStarts.length === 0; start = text.indexOf("\n", start) + 1) {
    lines.addNewLine(start);
  }
  return { document: composeYaml(text), lines };
}

/**
 * Reads one YAML 1.2 document (core schema) of at most 512 KiB, with bounded aliases. Fails with every syntax error,
 * under the caller's code. Never throws.
 */
export function readYaml(text: string, file: string, code: ErrorCode): Result<YamlSource> {
  const problem = (message: string, line = 1, column = 1): Problem => ({
    code,
    message: boundedText(message),
    at: { file, line, column },
  });
  if (text.length > LARGEST || new TextEncoder().encode(text).length > LARGEST) {
    return failed(problem("is larger than 512 kB"));
  }
  const { document, lines } = parseYamlDocument(text);
  const places = [
    ...document.errors.map(({ pos, message, code: kind }) => ({ offset: pos[0], message: inOurWords(kind, message) })),
    ...document.warnings.map(({ pos, message }) => ({ offset: pos[0], message: `${message}; tags are refused` })),
  ];
  if (document.directives?.yaml.version !== "1.2") places.push({ offset: 0, message: "only YAML 1.2 is read" });
  // What follows a syntax error is guesswork, and its strange places too.
  if (places.length === 0) places.push(...strangePlaces(document));
  if (places.length > 0) {
    const problems = places
      .toSorted((a, b) => a.offset - b.offset)
      .slice(0, MOST_SYNTAX_ERRORS)
      .map(({ offset, message }) => {
        const { line, col } = lines.linePos(offset);
        return problem(message, Math.max(1, line), Math.max(1, col));
      });
    return failed(...problems);
  }
  try {
    return ok(new YamlSource(file, text, document, lines, document.toJS({ maxAliasCount: MOST_ALIASES })));
  } catch (error) {
    // An alias of something that is not there (yet), or one that multiplies.
    return failed(problem(error instanceof Error ? error.message : "can't be read"));
  }
}

interface Place {
  readonly offset: number;
  readonly message: string;
}

/** What is YAML, but nothing that a file of ours may hold. */
function strangePlaces(document: Document): readonly Place[] {
  const places: Place[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, {
    Node(_key, node) {
      if (node.tag !== undefined && !/^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/.test(node.tag)) {
        places.push({ offset: node.range?.[0] ?? 0, message: "tags are refused" });
      }
      if (isAlias(node)) {
        aliases += 1;
        if (aliases > MOST_ALIASES) {
          places.push({ offset: node.range?.[0] ?? 0, message: `has more than ${MOST_ALIASES} aliases` });
          return visit.BREAK;
        }
        if (!anchors.has(node.source)) {
          places.push({ offset: node.range?.[0] ?? 0, message: `the alias *${node.source} has no anchor before it` });
        }
      } else if (node.anchor !== undefined) anchors.add(node.anchor);
      if (isMap(node)) places.push(...strangeKeys(node.items.map(({ key }) => key)));
      return undefined;
    },
  });
  return places;
}

function strangeKeys(keys: readonly unknown[]): readonly Place[] {
  const places: Place[] = [];
  const seen = new Set<string>();
  for (const key of keys) {
    const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
    if (!isScalar(key)) {
      places.push({ offset, message: "a key must be a plain word" });
      continue;
    }
    const name = String(key.value);
    // Own properties of that name do not survive a copy.
    if (name === "__proto__") places.push({ offset, message: "a key can't be called __proto__" });
    if (seen.has(name)) places.push({ offset, message: `duplicate key "${name}"` });
    seen.add(name);
  }
  return places;
}

function inOurWords(kind: string, message: string): string {
  switch (kind) {
    case "MULTIPLE_DOCS":
      return "must hold one document only";
    case "RESOURCE_EXHAUSTION":
      return "nests too deeply";
    case "TAB_AS_INDENT":
      return "tabs can't indent; use spaces";
    default:
      return message;
  }
}
