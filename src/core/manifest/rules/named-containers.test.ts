import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "a web container that is not there",
    lines: [
      "containers: { ui: { image: a/b:1 } }",
      "web: { port: 80 }",
      "checks: [{ name: x, tcp: { container: iu, port: 1 } }]",
    ],
    problems: [
      'manifest.yml:5:6: web.container: unknown container "main"; name one of ui',
      'manifest.yml:6:39: checks.0.tcp.container: unknown container "iu"; did you mean "ui"?',
    ],
  },
  {
    name: "a web port that is not published",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  ports: [{ container: 80, host: 8080 }, { container: 81, host: 81, protocol: udp }]",
      "web: { port: 81 }",
    ],
    problems: ["manifest.yml:7:14: web.port: main does not publish container port 81; add it to its ports"],
  },
];

describe("containers that are named", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
