import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "a one_shot container with health",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  one_shot: true",
      "  health: { liveness: { tcp: { port: 1 } } }",
    ],
    problems: ["manifest.yml:7:3: container.health: a one_shot container ends by itself; its exit code is its health"],
  },
  {
    name: "two command probes",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  health:",
      "    startup: { command: [a, b] }",
      "    readiness: { command: [a, b] }",
      "    liveness: { command: [a, c] }",
    ],
    problems: [
      "manifest.yml:9:26: container.health.liveness.command: a container has one command probe: Podman keeps one; repeat the same command, or ask by http or tcp",
    ],
  },
  {
    name: "regular expressions that do not compile",
    lines: [
      'settings: { a: { type: string, pattern: "(" } }',
      "container:",
      "  image: a/b:1@sha256:00",
      '  health: { readiness: { command: [a], loading: { output: "[", progress: "x" } } }',
      'checks: [{ name: x, command: { run: [a], output: "*" } }]',
    ],
    problems: [
      "manifest.yml:4:41: settings.a.pattern: is no regular expression: Unterminated group",
      "manifest.yml:7:59: container.health.readiness.loading.output: is no regular expression: Unterminated character class",
      "manifest.yml:7:74: container.health.readiness.loading.progress: needs a group in parentheses that holds the figure",
      "manifest.yml:8:50: checks.0.command.output: is no regular expression: Nothing to repeat",
    ],
  },
];

describe("probes", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
