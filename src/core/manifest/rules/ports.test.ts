import { describe, expect, test } from "vitest";
import { manifestProblems, type Refusal } from "../../../testkit/manifest-problems.ts";

const REFUSED: readonly Refusal[] = [
  {
    name: "host ports that meet within an app",
    lines: [
      "containers:",
      "  a: { image: a/b:1, ports: [{ container: 1, host: 80 }, { container: 2, host: 81, bind: 127.0.0.1 }] }",
      "  b: { image: a/b:1, ports: [{ container: 1, host: 80, bind: 127.0.0.1 }, { container: 2, host: 80, protocol: udp }, { container: 3, host: 81, bind: 192.0.2.1 }, { container: 3, host: 82 }] }",
    ],
    problems: [
      "manifest.yml:6:52: containers.b.ports.0.host: host port 80/tcp is published already by containers.a.ports.0",
      "manifest.yml:6:176: containers.b.ports.3.container: container port 3/tcp is published already by containers.b.ports.2",
    ],
  },
  {
    name: "ports without a network of ours",
    lines: [
      "containers:",
      "  a: { image: a/b:1, network: host, ports: [{ container: 1, host: 1 }] }",
      "  b: { image: a/b:1, network: none, ports: [{ container: 1, host: 2 }] }",
    ],
    problems: [
      "manifest.yml:5:37: containers.a.ports: a container in the host's network has the host's ports already; leave ports out",
      "manifest.yml:6:37: containers.b.ports: a container without a network can't publish ports; leave them out",
    ],
  },
];

describe("ports", () => {
  test.each(REFUSED)("$name", (refusal) => {
    expect(manifestProblems(refusal)).toEqual(refusal.problems);
  });
});
