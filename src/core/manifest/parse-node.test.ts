import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatProblem } from "../errors/problem.ts";
import { parseNode } from "./parse-node.ts";

function problems(text: string): readonly string[] {
  const parsed = parseNode(text, "node.yml");
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe("node.yml", () => {
  test("of the example is valid", () => {
    const text = readFileSync(`${import.meta.dirname}/../../../test/fixtures/lnd/node.yml`, "utf8");
    expect(parseNode(text, "node.yml")).toMatchObject({
      ok: true,
      value: {
        node: { name: "archy", chain: "mainnet" },
        updates: "manual",
        apps: { bitcoin: { state: "running" }, lnd: { settings: { alias: "my-node" }, ports: { "9735": 19735 } } },
        required: ["bitcoin", "lnd"],
      },
    });
  });

  test.each([
    ["an empty file", ""],
    ["a file of comments", "# nothing yet\n"],
    ["an app without more words", "apps:\n  lnd:\n"],
    ["a port written without quotes", "apps: { lnd: { ports: { 9735: 19735 } } }\n"],
  ])("may be %s", (_name, text) => {
    expect(problems(text)).toEqual([]);
  });

  test.each([
    ["an unknown key", "aps: {}\n", ['node.yml:1:1: aps: unknown key "aps"; did you mean "apps"?']],
    [
      "an unknown key of an app",
      "apps:\n  lnd: { sttae: stopped }\n",
      ['node.yml:2:10: apps.lnd.sttae: unknown key "sttae"; did you mean "state"?'],
    ],
    [
      "a wrong state",
      "apps:\n  lnd: { state: stoped }\n",
      ['node.yml:2:17: apps.lnd.state: must be one of running, stopped; did you mean "stopped"?'],
    ],
    [
      "an app name that can't be",
      "apps:\n  LND: {}\n",
      ["node.yml:2:3: apps.LND: must be lower-case words joined by single hyphens"],
    ],
    [
      "a setting that is a list",
      "apps:\n  lnd: { settings: { a: [] } }\n",
      ["node.yml:2:25: apps.lnd.settings.a: must be text, a number, true or false"],
    ],
    [
      "a bad fact",
      "host: { host_ip: here, cpus: 0 }\n",
      ["node.yml:1:18: host.host_ip: must be an IP address", "node.yml:1:30: host.cpus: must be at least 1"],
    ],
    [
      "a bad port",
      "apps: { a: { ports: { x: 1, 80: 0 } } }\n",
      [
        "node.yml:1:23: apps.a.ports.x: must be one of the manifest's host ports",
        "node.yml:1:33: apps.a.ports.80: must be a port from 1 to 65535",
      ],
    ],
    [
      "a bad moment",
      "apps: { a: { restarted_at: yesterday } }\n",
      ["node.yml:1:28: apps.a.restarted_at: must be a moment such as 2030-01-31T12:00:00Z"],
    ],
    ["duplicate apps", "apps:\n  a: {}\n  a: {}\n", ['node.yml:3:3: duplicate key "a"']],
    ["an empty list of apps", "apps:\n", ["node.yml:1:1: apps: must be a map, but is empty"]],
  ])("is refused with %s", (_name, text, found) => {
    expect(problems(text)).toEqual(found);
  });

  test("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(problems(text).every((line) => line.startsWith("node.yml:"))).toBe(true);
      }),
    );
  });
});
