import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../testkit/manifest-problems.ts";
import { formatProblem } from "../errors/problem.ts";
import { parseNode } from "./parse-node.ts";
import { readYaml } from "./read-yaml.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "a syntax error",
    lines: ["container:", "  image: a/b:1@sha256:00", "  ports: ["],
    problems: ["manifest.yml:7:1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  },
  {
    name: "duplicate keys",
    lines: ["container:", "  image: a/b:1@sha256:00", "  init: true", "  init: false"],
    problems: ['manifest.yml:7:3: duplicate key "init"'],
  },
  {
    name: "two documents",
    lines: ["container:", "  image: a/b:1@sha256:00", "---", "a: 1"],
    problems: ["manifest.yml:6:1: must hold one document only"],
  },
  {
    name: "tags",
    lines: ["container:", "  image: a/b:1@sha256:00", "  env: { A: !foo x, B: !!binary aGk= }"],
    problems: [
      "manifest.yml:6:13: Unresolved tag: !foo; tags are refused",
      "manifest.yml:6:24: Unresolved tag: tag:yaml.org,2002:binary; tags are refused",
    ],
  },
  {
    name: "an alias without an anchor",
    lines: ["container:", "  image: a/b:1@sha256:00", "  env: *e"],
    problems: ["manifest.yml:6:8: the alias *e has no anchor before it"],
  },
  {
    name: "keys that are no words",
    lines: ["container:", "  image: a/b:1@sha256:00", "  ? [a]", "  : b", "  __proto__: c"],
    problems: ["manifest.yml:6:5: a key must be a plain word", "manifest.yml:8:3: a key can't be called __proto__"],
  },
  {
    name: "a tab",
    lines: ["container:", "\timage: a"],
    problems: ["manifest.yml:5:1: tabs can't indent; use spaces"],
  },
  {
    name: "too many aliases",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  cap_drop: &a [ALL]",
      "  cap_add: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, ]",
    ],
    problems: ["manifest.yml:7:413: has more than 100 aliases"],
  },
];

test("a place is counted in the file's own lines, also where the parser is lost", () => {
  const text = "# x\r\r\n\r\r\napps:\r\r\n  a: { b: c }\r\r\n  d: { e: f }\r\r\n  g: { h: i }\r\r\n";
  const read = readYaml(text, "manifest.yml", "ARC_MANIFEST_INVALID");
  const lines = text.split("\n");
  const places = read.ok ? [] : read.problems.map(({ at }) => [at?.line ?? 0, at?.column ?? 0] as const);
  expect(places.length).toBeGreaterThan(1);
  for (const [line, column] of places) expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
});

test.each([
  `${"k".repeat(60_000)}: 1\n`,
  `${"k".repeat(60_000)}: 1\n`.repeat(2),
  `a: {} ${"k".repeat(60_000)}\n`,
  `a: b\n}${"\r".repeat(60_000)}\n`,
])("a problem quotes no more of a file than anyone reads", (text) => {
  const parsed = parseNode(text, "node.yml");
  const problems = parsed.ok ? [] : parsed.problems.map(formatProblem);
  expect(problems).not.toEqual([]);
  for (const problem of problems) expect(problem.length).toBeLessThan(1_200);
});

test.each([
  ["a brace that thousands of lines do not close", `a: { b: c\n${"  d: e\n".repeat(20_000)}`, /^nests too deeply/],
  ["nothing but stray ends", "a: b\n}}}\n".repeat(40_000), /Unexpected flow-map-end/],
])("%s is refused, and soon", (_what, text, message) => {
  const read = readYaml(text, "manifest.yml", "ARC_MANIFEST_INVALID");
  expect(read.ok ? [] : read.problems.map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
});

describe("what is no YAML of ours", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
