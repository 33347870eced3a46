import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "a volume that leaves its folder",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  volumes:",
      "    - { source: ../x, target: /a }",
      "    - { source: a/../../x, target: /b }",
      "    - { source: /etc/../x, target: /c }",
      "    - { source: //x, target: /d }",
      "    - { source: ., target: /e }",
    ],
    problems: [
      "manifest.yml:7:17: container.volumes.0.source: must be a folder inside the app's data directory, or an absolute host path",
      "manifest.yml:8:17: container.volumes.1.source: must be a folder inside the app's data directory, or an absolute host path",
      "manifest.yml:9:17: container.volumes.2.source: must be an absolute path without ., .., double slashes or one at its end",
      "manifest.yml:10:17: container.volumes.3.source: must be an absolute path without ., .., double slashes or one at its end",
      "manifest.yml:11:17: container.volumes.4.source: must be a folder inside the app's data directory, or an absolute host path",
    ],
  },
  {
    name: "a target that is no place",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  volumes: [{ source: a, target: data }, { source: b, target: / }, { source: c, target: /a/../b }]",
    ],
    problems: [
      "manifest.yml:6:34: container.volumes.0.target: must be an absolute path without ., .., double slashes or one at its end",
      "manifest.yml:6:63: container.volumes.1.target: can't be mounted over the root",
      "manifest.yml:6:89: container.volumes.2.target: must be an absolute path without ., .., double slashes or one at its end",
    ],
  },
  {
    name: "two mounts on one place",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  volumes: [{ source: a, target: /a }]",
      "  tmpfs: [{ target: /a }]",
      "  files: [{ template: t, target: /a }]",
    ],
    files: {
      t: "",
    },
    problems: [
      "manifest.yml:7:21: container.tmpfs.0.target: /a is mounted already by volumes.0",
      "manifest.yml:8:34: container.files.0.target: /a is mounted already by volumes.0",
    ],
  },
  {
    name: "the folder of an app that is not required",
    lines: [
      "requires: { bitcoin: { interface: bitcoin-rpc } }",
      "container:",
      "  image: a/b:1@sha256:00",
      "  volumes: [{ app: bitcon, source: a, target: /a }]",
    ],
    problems: ['manifest.yml:7:20: container.volumes.0.app: "bitcon" is not in requires; did you mean "bitcoin"?'],
  },
  {
    name: "the folder of a required app, writable or absolute",
    lines: [
      "requires: { node: { app: bitcoin } }",
      "container:",
      "  image: a/b:1@sha256:00",
      "  volumes: [{ app: bitcoin, source: a, target: /a, read_only: false }, { app: node, source: /a, target: /b }]",
    ],
    problems: [
      "manifest.yml:7:63: container.volumes.0.read_only: must be true: another app's folder is always read-only",
      "manifest.yml:7:93: container.volumes.1.source: must be a folder inside that app's data, not an absolute path",
    ],
  },
];

describe("mounts", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
