import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "labels of the daemon",
    lines: ["container:", "  image: a/b:1@sha256:00", "  labels: { archipelago.app: other, org.example: fine }"],
    problems: [
      'manifest.yml:6:13: container.labels["archipelago.app"]: labels that begin with archipelago. are the daemon\'s own',
    ],
  },
];

describe("labels", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
