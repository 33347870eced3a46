import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "a template that leaves its folder",
    lines: [
      "container:",
      "  image: a/b:1@sha256:00",
      "  files: [{ template: ../x, target: /a }, { template: /etc/passwd, target: /b }]",
    ],
    problems: [
      "manifest.yml:6:23: container.files.0.template: must be a path inside the app's folder",
      "manifest.yml:6:55: container.files.1.template: must be a path inside the app's folder",
    ],
  },
  {
    name: "a template that is not there",
    lines: ["container:", "  image: a/b:1@sha256:00", "  files: [{ template: nginx.conf.liqiud, target: /a }]"],
    files: {
      "nginx.conf.liquid": "",
    },
    problems: [
      'manifest.yml:6:23: container.files.0.template: there is no file nginx.conf.liqiud in the app\'s folder; did you mean "nginx.conf.liquid"?',
    ],
  },
  {
    name: "a template, context and icon that leave by a symbolic link",
    lines: [
      "icon: pics/icon.svg",
      "container:",
      "  build: { context: ui }",
      "  files: [{ template: t.conf, target: /a }]",
    ],
    files: {
      "t.conf": "",
    },
    escapes: ["pics", "ui", "t.conf"],
    problems: [
      "manifest.yml:4:7: icon: pics is a symbolic link that leads out of the app's folder",
      "manifest.yml:6:21: container.build.context: ui is a symbolic link that leads out of the app's folder",
      "manifest.yml:7:23: container.files.0.template: t.conf is a symbolic link that leads out of the app's folder",
    ],
  },
  {
    name: "a link within a build context that leaves",
    lines: ["container:", "  build: { context: ui }"],
    escapes: ["ui/etc", "uix"],
    problems: [
      "manifest.yml:5:21: container.build.context: ui/etc is a symbolic link that leads out of the app's folder",
    ],
  },
];

describe("paths in the app's folder", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
