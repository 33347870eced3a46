import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "an unknown container in start_after",
    lines: ["containers:", "  db: { image: a/b:1 }", "  api: { image: a/b:1, start_after: [bd] }"],
    problems: ['manifest.yml:6:38: containers.api.start_after.0: unknown container "bd"; did you mean "db"?'],
  },
  {
    name: "a cycle in start_after",
    lines: [
      "containers:",
      "  a: { image: a/b:1, start_after: [b] }",
      "  b: { image: a/b:1, start_after: [c] }",
      "  c: { image: a/b:1, start_after: [a] }",
      "  d: { image: a/b:1, start_after: [d] }",
    ],
    problems: [
      "manifest.yml:5:35: containers.a.start_after: containers wait for each other in a circle: a -> b -> c -> a",
      "manifest.yml:8:35: containers.d.start_after: containers wait for each other in a circle: d -> d",
    ],
  },
];

describe("the order of containers", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
