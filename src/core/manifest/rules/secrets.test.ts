import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "a shared secret of an unknown alias",
    lines: [
      "requires: { bitcoin: { app: bitcoin } }",
      "container:",
      "  image: a/b:1@sha256:00",
      "  secret_env: [{ key: A, from: requires.bitcion.rpc_password }]",
    ],
    problems: [
      'manifest.yml:7:32: container.secret_env.0.from: unknown alias under requires "bitcion"; did you mean "bitcoin"?',
    ],
  },
  {
    name: "a secret derived from nothing",
    lines: [
      "secrets: { pw: { generate: random }, h: { derive: bcrypt, from: pww } }",
      "container:",
      "  image: a/b:1@sha256:00",
    ],
    problems: ['manifest.yml:4:65: secrets.h.from: unknown secret "pww"; did you mean "pw"?'],
  },
  {
    name: "secrets derived in a circle",
    lines: [
      "secrets:",
      "  a: { derive: bcrypt, from: b }",
      "  b: { derive: rpcauth, from: a, user: u }",
      "container:",
      "  image: a/b:1@sha256:00",
    ],
    problems: ["manifest.yml:5:30: secrets.a.from: secrets derive from each other in a circle: a -> b -> a"],
  },
  {
    name: "a bcrypt of more than it reads",
    lines: [
      "secrets: { pw: { generate: random, bytes: 64 }, h: { derive: bcrypt, from: pw } }",
      "container:",
      "  image: a/b:1@sha256:00",
    ],
    problems: ["manifest.yml:4:76: secrets.h.from: bcrypt reads 72 characters, and pw has 128; give it fewer bytes"],
  },
];

describe("secrets", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
