import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "neither container nor containers",
    lines: [],
    problems: ["manifest.yml:1:1: needs container or containers"],
  },
  {
    name: "container and containers",
    lines: ["container:", "  image: a/b:1@sha256:00", "containers: { a: { image: a/b:1 } }"],
    problems: ["manifest.yml:6:1: containers: containers can't stand beside container; needs container or containers"],
  },
  {
    name: "no container at all",
    lines: ["containers: {}"],
    problems: ["manifest.yml:4:13: containers: needs at least one container"],
  },
  {
    name: "neither image nor build",
    lines: ["container: { init: true }"],
    problems: ["manifest.yml:4:12: container: needs image or build"],
  },
  {
    name: "image and build",
    lines: ["container:", "  image: a/b:1@sha256:00", "  build: { context: ui }"],
    problems: ["manifest.yml:6:3: container.build: build can't stand beside image; needs image or build"],
  },
  {
    name: "no probe and two probes",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  health:",
      "    startup: { interval: 1s }",
      "    liveness: { tcp: { port: 1 }, http: { port: 1 } }",
    ],
    problems: [
      "manifest.yml:7:14: container.health.startup: needs one of http, tcp, command",
      "manifest.yml:8:17: container.health.liveness.tcp: tcp can't stand beside http; needs one of http, tcp, command",
    ],
  },
  {
    name: "a check without anything to check",
    lines: ["container:", "  image: a/b:1@sha256:00", "checks: [{ name: x }]"],
    problems: ["manifest.yml:6:10: checks.0: needs one of http, tcp, command"],
  },
  {
    name: "a requirement by nothing and by two things",
    lines: ["requires: { a: {}, b: { app: x, interface: y } }", "container:", "  image: a/b:1@sha256:00"],
    problems: [
      "manifest.yml:4:16: requires.a: needs interface or app",
      "manifest.yml:4:25: requires.b.app: app can't stand beside interface; needs interface or app",
    ],
  },
];

describe("one of several keys", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
