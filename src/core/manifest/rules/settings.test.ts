import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "defaults that do not fit",
    lines: [
      "settings:",
      "  a: { type: choice, choices: [info, debug], default: inf }",
      "  b: { type: integer, default: 0, min: 1 }",
      "  c: { type: integer, default: 9, max: 8 }",
      "  d: { type: string, default: abc, max_length: 2 }",
      "  e: { type: string, default: a, min_length: 2 }",
      '  f: { type: string, default: A, pattern: "^[a-z]$" }',
      '  g: { type: string, pattern: "^[a-z]$" }',
      "  h: { type: integer, default: 1, min: 3, max: 2 }",
      "  i: { type: choice, choices: [x, x], default: x }",
      "container:",
      "  image: a/b:1@sha256:00",
    ],
    problems: [
      'manifest.yml:5:55: settings.a.default: must be one of info, debug; did you mean "info"?',
      "manifest.yml:6:32: settings.b.default: must be at least 1",
      "manifest.yml:7:32: settings.c.default: must be at most 8",
      "manifest.yml:8:31: settings.d.default: must have at most 2 characters",
      "manifest.yml:9:31: settings.e.default: must have at least 2 characters",
      "manifest.yml:10:31: settings.f.default: must match ^[a-z]$",
      "manifest.yml:11:6: settings.g.default: is empty where it is left out, and must match ^[a-z]$",
      "manifest.yml:12:48: settings.h.max: is less than min, 3",
      "manifest.yml:13:35: settings.i.choices.1: x stands there already",
    ],
  },
];

describe("settings", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
