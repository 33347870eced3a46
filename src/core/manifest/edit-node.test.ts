import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatProblem } from "../errors/problem.ts";
import { editNode, type NodeEdit } from "./edit-node.ts";
import { parseNode } from "./parse-node.ts";

const EXAMPLE = readFileSync(`${import.meta.dirname}/../../../test/fixtures/lnd/node.yml`, "utf8");

function edited(text: string, ...edits: readonly NodeEdit[]): string {
  const outcome = editNode(text, edits);
  return outcome.ok ? outcome.value : outcome.problems.map(formatProblem).join("\n");
}

/** The lines that are not in both texts, with spaces made one: `- old`, `+ new`. */
function changes(before: string, after: string): readonly string[] {
  const [old, now] = [before, after].map((text) => text.split("\n").map((line) => line.trimEnd()));
  const gone = (old ?? []).filter((line) => !now?.includes(line)).map((line) => `- ${line.trim()}`);
  return [...gone, ...(now ?? []).filter((line) => !old?.includes(line)).map((line) => `+ ${line.trim()}`)];
}

function nested(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}

const comments = (text: string): readonly string[] => text.match(/# .*/g) ?? [];

describe("an edit of node.yml", () => {
  test.each<[string, readonly NodeEdit[], readonly string[]]>([
    [
      "changes a word in its place",
      [{ path: ["apps", "lnd", "state"], value: "stopped" }],
      ["- state: running                          # running | stopped", "+ state: stopped # running | stopped"],
    ],
    [
      "writes a value that needs quotes",
      [{ path: ["apps", "lnd", "settings", "alias"], value: "a: b" }],
      ["- settings: { alias: my-node }", '+ settings: { alias: "a: b" }'],
    ],
    ["adds an app", [{ path: ["apps", "mempool", "state"], value: "running" }], ["+ mempool:", "+ state: running"]],
    ["removes an app", [{ path: ["apps", "bitcoin"], value: null }], ["- bitcoin: { state: running }"]],
    [
      "adds to a map that is written on one line",
      [{ path: ["apps", "lnd", "ports", "10009"], value: 20009 }],
      [
        '- ports: { "9735": 19735 }                # override of a host port',
        '+ ports: { "9735": 19735, "10009": 20009 } # override of a host port',
      ],
    ],
    [
      "adds to an empty map with a comment behind it",
      [{ path: ["host", "host_ip"], value: "192.0.2.7" }],
      [
        "- host: {}                                    # overrides of host facts, e.g. { host_ip: 192.0.2.7 }",
        "+ host: { host_ip: 192.0.2.7 } # overrides of host facts, e.g. { host_ip: 192.0.2.7 }",
      ],
    ],
  ])("%s, and nothing else", (_name, edits, lines) => {
    const after = edited(EXAMPLE, ...edits);
    expect(changes(EXAMPLE, after)).toEqual(lines);
    expect(comments(after)).toEqual(comments(EXAMPLE));
  });

  test("in several places changes those alone", () => {
    const after = edited(
      EXAMPLE,
      { path: ["apps", "lnd", "state"], value: "stopped" },
      { path: ["apps", "bitcoin"], value: null },
      { path: ["apps", "mempool", "state"], value: "running" },
      { path: ["apps", "mempool", "settings"], value: { alias: "x" } },
      { path: ["node", "name"], value: "other" },
    );
    const before = EXAMPLE.split("\n");
    const untouched = before.filter((line) => !/^ {4}state:|bitcoin: \{|^ {2}name:|^node:/.test(line));
    expect(after.split("\n")).toEqual(expect.arrayContaining(untouched));
    expect(comments(after)).toEqual(comments(EXAMPLE));
    const parsed = parseNode(after, "node.yml");
    expect(parsed.ok && [parsed.value.node.name, Object.keys(parsed.value.apps)]).toEqual([
      "other",
      ["lnd", "mempool"],
    ]);
  });

  test.each<[string, string, NodeEdit, string]>([
    ["an empty file", "", { path: ["apps", "lnd", "state"], value: "running" }, "apps:\n  lnd:\n    state: running\n"],
    [
      "a file of comments",
      "# mine\n",
      { path: ["apps", "a", "state"], value: "running" },
      "# mine\n\napps:\n  a:\n    state: running\n",
    ],
    [
      "an empty map",
      "apps: {}\n",
      { path: ["apps", "a", "state"], value: "running" },
      "apps:\n  a:\n    state: running\n",
    ],
    [
      "an app without more words",
      "apps:\n  a:\n",
      { path: ["apps", "a", "state"], value: "stopped" },
      "apps:\n  a:\n    state: stopped\n",
    ],
    [
      "a number as a key",
      "apps:\n  a:\n    ports:\n      80: 81\n",
      { path: ["apps", "a", "ports", "80"], value: 82 },
      "apps:\n  a:\n    ports:\n      80: 82\n",
    ],
    ["a list", "required: [ a ] # gate\n", { path: ["required"], value: ["a", "b"] }, "required: [ a, b ] # gate\n"],
  ])("makes what is missing in %s", (_name, text, edit, outcome) => {
    expect(edited(text, edit)).toBe(outcome);
  });

  test("that changes nothing gives the same text", () => {
    const edits: NodeEdit[] = [
      { path: ["apps", "lnd", "state"], value: "running" },
      { path: ["apps", "nobody"], value: null },
      { path: ["required"], value: ["bitcoin", "lnd"] },
    ];
    expect(edited(EXAMPLE, ...edits)).toBe(EXAMPLE);
  });

  test.each<[string, string, NodeEdit, string]>([
    [
      "a file that can't be read",
      "apps: [\n",
      { path: ["apps"], value: {} },
      "node.yml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "an outcome that is not valid",
      "apps:\n  a: {}\n",
      { path: ["apps", "a", "state"], value: "gone" },
      "node.yml:3:12: apps.a.state: must be one of running, stopped",
    ],
    [
      "a way through a word",
      "apps:\n  a: { state: running }\n",
      { path: ["apps", "a", "state", "x"], value: 1 },
      "node.yml:2:15: apps.a.state: is no map that can be edited",
    ],
    [
      "an anchor that something else uses",
      "apps:\n  a: &x { state: running }\n  b: *x\n",
      { path: ["apps", "a"], value: null },
      "node.yml:2:9: apps.a: can't be edited here: other parts of the file refer to it",
    ],
    ["no path", "", { path: [], value: 1 }, "node.yml:1:1: an edit needs a path"],
    [
      "a value that nests too deeply",
      "apps:\n  a: {}\n",
      { path: ["apps", "a"], value: nested(5_000) },
      "node.yml:2:6: apps.a: nests too deeply",
    ],
    [
      "a path that goes too deep",
      "apps: {}\n",
      { path: Array.from({ length: 5_000 }, () => "a"), value: 1 },
      `node.yml:1:1: ${Array.from({ length: 32 }, () => "a").join(".")}: nests too deeply`,
    ],
  ])("is refused for %s", (_name, text, edit, reason) => {
    expect(edited(text, edit)).toBe(reason);
  });

  test("names the edit of several that can't be made", () => {
    const text = "apps:\n  a: &x { state: running }\n  b: *x\n";
    const edits: NodeEdit[] = [
      { path: ["node", "name"], value: "n" },
      { path: ["apps", "a"], value: null },
      { path: ["apps", "c", "state"], value: "running" },
    ];
    expect(edited(text, ...edits)).toBe(
      "node.yml:2:9: apps.a: can't be edited here: other parts of the file refer to it",
    );
  });

  test("of many at once means the same as one after the other, and keeps every line of apps that none names", () => {
    const app = fc.constantFrom("a", "b", "c", "d", "e");
    const state = fc.constantFrom("running", "stopped");
    const edit: fc.Arbitrary<NodeEdit> = fc.oneof(
      fc.record({ path: app.map((id) => ["apps", id]), value: fc.constant(null) }),
      fc.record({ path: app.map((id) => ["apps", id, "state"]), value: state }),
      fc.record({ path: app.map((id) => ["apps", id, "settings", "alias"]), value: fc.string({ unit: "grapheme" }) }),
      fc.record({ path: app.map((id) => ["apps", id, "ports"]), value: fc.constant({ "80": 8080 }) }),
    );
    const block = (id: string): string =>
      `  ${id}:\n    # of ${id}\n    state:   running   # why\n\n    settings: {alias: x}\n`;
    const texts = fc
      .subarray(["a", "b", "c", "d"], { minLength: 1 })
      .map((ids) => `# top\napps:\n${ids.map(block).join("")}`);
    fc.assert(
      fc.property(texts, fc.array(edit, { minLength: 1, maxLength: 8 }), (text, edits) => {
        const atOnce = edited(text, ...edits);
        const oneByOne = edits.reduce((current, next) => edited(current, next), text);
        expect(parseNode(atOnce, "node.yml")).toEqual(parseNode(oneByOne, "node.yml"));
        const named = new Set(edits.map(({ path }) => path[1]));
        for (const id of ["a", "b", "c", "d"]) {
          if (!named.has(id) && text.includes(block(id))) expect(atOnce).toContain(block(id).trimEnd());
        }
      }),
    );
  });

  test("puts any valid setting where parse finds it again", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const value = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean());
    const texts = fc.constantFrom(EXAMPLE, "", "apps:\n", "apps: { lnd: }\n", "# x\napps:\n  lnd: {}\n");
    fc.assert(
      fc.property(texts, name, value, (text, setting, wanted) => {
        const after = edited(text, { path: ["apps", "lnd", "settings", setting], value: wanted });
        const parsed = parseNode(after, "node.yml");
        expect(parsed.ok && parsed.value.apps.lnd?.settings[setting]).toBe(wanted);
        expect(edited(after, { path: ["apps", "lnd", "settings", setting], value: wanted })).toBe(after);
      }),
    );
  });
});
