import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "keys that are set twice",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  env: { A: x }",
      "  derived_env:",
      "    - { key: A, template: x }",
      "    - { key: B, template: x }",
      "    - { key: B, template: y }",
      "  secret_env:",
      "    - { key: A, secret_file: x }",
      "    - { key: B, secret_file: x }",
    ],
    problems: [
      "manifest.yml:8:14: container.derived_env.0.key: A is set already by env.A",
      "manifest.yml:10:14: container.derived_env.2.key: B is set already by derived_env.1",
      "manifest.yml:12:14: container.secret_env.0.key: A is set already by env.A",
      "manifest.yml:13:14: container.secret_env.1.key: B is set already by derived_env.1",
    ],
  },
];

describe("variables", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
