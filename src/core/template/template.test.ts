import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatProblem } from "../errors/problem.ts";
import { renderTemplate, templateReferences } from "./template.ts";

function references(text: string): readonly string[] {
  const found = templateReferences(text);
  if (!found.ok) return found.problems.map(formatProblem);
  return found.value.map(
    ({ path, line, column, condition }) => `${line}:${column} ${path.join(".")}${condition ? " (condition)" : ""}`,
  );
}

function rendered(text: string, scope: Readonly<Record<string, unknown>> = {}): string {
  const outcome = renderTemplate(text, scope, "a.conf");
  return outcome.ok ? outcome.value : outcome.problems.map(formatProblem).join("\n");
}

describe("the references of a template", () => {
  test.each([
    ["plain text has none", "a { b } % c", []],
    ["dotted names", "x {{ requires.bitcoin.host }}", ["1:6 requires.bitcoin.host"]],
    ["bracketed names and hyphens", "{{ secrets['a-b'] }}\n{{ secrets.c-d }}", ["1:4 secrets.a-b", "2:4 secrets.c-d"]],
    ["filter arguments", "{{ a.b | default: c }}", ["1:4 a.b", "1:19 c"]],
    [
      "names of its own are none",
      "{% assign x = a.b %}{{ x }}{% for i in c %}{{ i.d }}{% endfor %}",
      ["1:15 a.b", "1:40 c"],
    ],
    ["raw text has none", "{% raw %}{{ a }}{% endraw %}", []],
    [
      "conditions are told apart",
      "{% if a.b %}{{ a.b.c }}{% elsif d %}{% endif %}{% unless e %}{% endunless %}",
      ["1:7 a.b (condition)", "1:16 a.b.c", "1:33 d (condition)", "1:58 e (condition)"],
    ],
    [
      "computed names are refused",
      "{{ a[b] }}",
      ["template:1:4: a computed name can't be checked; write the name out"],
    ],
    [
      "a computed first name too",
      "{{ [b].c }}",
      ["template:1:4: a computed name can't be checked; write the name out"],
    ],
    ["syntax errors have a place", "one\n {{ two", ['template:2:2: output "{{ two" not closed']],
    ["no file is read", "{% include 'x' %}", ['template:1:1: unknown tag "include"']],
    ["no clock is read", "{{ 'now' | date: '%s' }}", ['template:1:1: unknown filter "date"']],
    ["no text is evaluated", "{{ a | where_exp: 'x', 'secrets.b' }}", ['template:1:1: unknown filter "where_exp"']],
    ["nesting is bounded", "{% if a %}".repeat(6000), ["template:1:14011: the template nests too deeply"]],
    ["length is bounded", `{{ a }}${" ".repeat(70_000)}`, ["template:1:1: a template has at most 65536 characters"]],
  ])("%s", (_name, text, found) => {
    const places = references(text).map((line) => line.replace(/1:\d{4,}/, "1:14011"));
    expect(places).toEqual(found);
  });
});

describe("rendering", () => {
  test.each([
    ["fills in values", "{{ a.b }}-{{ n }}", { a: { b: "x" }, n: 5 }, "x-5"],
    ["encodes base64 as UTF-8", "{{ a | base64_encode }}", { a: "usér:p" }, "dXPDqXI6cA=="],
    ["writes JSON", "{{ a | json }}", { a: 'q"\n' }, '"q\\"\\n"'],
    ["lets a condition ask for what is not there", "{% if requires.tor %}t{% else %}n{% endif %}", {}, "n"],
    ["has a default for what is not there", "{{ a | default: 'x' }}", {}, "x"],
    ["refuses what is not there", "a\n {{ b.c }}", { b: {} }, "a.conf:2:5: b.c has no value here"],
    ["sees no inherited property", "{{ a.constructor }}", { a: {} }, "a.conf:1:4: a.constructor has no value here"],
    [
      "refuses to write a group",
      "{{ a }}",
      { a: { b: 1 } },
      "a.conf:1:1: a group of values can't be written out; name one of its fields",
    ],
    [
      "is bounded in its loops",
      "{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}",
      {},
      "a.conf:1:25: limit exceeded",
    ],
  ])("%s", (_name, text, scope, outcome) => {
    expect(rendered(text, scope).replace(/(template render|memory alloc) limit/, "limit")).toBe(outcome);
  });

  test("brings any value through byte for byte", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constant("$&\"'`\\<%\r\n{{ x }}{% if %}")), (value) => {
        expect(rendered("[{{ a.b }}]", { a: { b: value } })).toBe(`[${value}]`);
      }),
    );
  });

  test("never throws, whatever the text", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{%",
      "%}",
      " ",
      "a",
      ".",
      "[",
      "]",
      "'",
      "|",
      ":",
      "if",
      "for",
      "in",
      "endif",
      "\n",
      "(1..3)",
      "assign",
      "=",
      "-",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        for (const outcome of [templateReferences(text), renderTemplate(text, { a: { b: 1 } })]) {
          if (!outcome.ok) expect(outcome.problems[0]?.at?.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
