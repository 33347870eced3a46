import fc from "fast-check";
import { renderTemplate, templateReferences } from "../../../src/core/template/template.ts";
import { checkProblems } from "../check-problems.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";

const FILE = "x.liquid";

const SCOPE = {
  settings: { alias: "my node", port: 8080, on: true, text: "a,b,c" },
  requires: { bitcoin: { host: "bitcoin", port: "8332" } },
  app: { id: "lnd", name: "LND", version: "1.0", data_dir: "/data" },
  container: { main: "lnd" },
  node: { name: "n", chain: "regtest" },
  secrets: { password: "s3cret" },
  host_ip: "192.0.2.7",
  cpus: 4,
};

const FILTERS = [
  ..."append: settings.text|split: ','|join: ''|replace: 'a', 'aaaaaaaaaa'|strip_html|strip|rstrip|normalize_whitespace|size".split(
    "|",
  ),
  ..."upcase|times: 1e9|pad_left: 9|slice: 0, 9|reverse|uniq|sort|sort_natural|concat: b|truncatewords: 3|slugify|json".split(
    "|",
  ),
  ..."newline_to_br|strip_newlines|escape_once|url_decode|divided_by: 0|where: 'a'|map: 'a'|group_by: 'a'|base64_decode".split(
    "|",
  ),
];

const WORDS = [
  ["{{", "}}", "{%", "%}", "{{-", "-%}", "{% raw %}", "{% endraw %}", "{% comment %}", "{% liquid ", "{# ", "| "],
  [
    "{% if settings.on %}",
    "{% else %}",
    "{% endif %}",
    "{% unless x %}",
    "{% case 1 %}",
    "{% when 1 %}",
    "{% endcase %}",
  ],
  [
    "{% for i in (1..1000000) %}",
    "{% for i in (1..900) %}",
    "{% endfor %}",
    "{% tablerow i in a %}",
    "{% endtablerow %}",
  ],
  [
    "{% assign a = settings.text %}",
    "{% assign a = a | append: a %}",
    "{% capture b %}",
    "{% endcapture %}",
    "{{ a }}",
  ],
  ["{% increment c %}", "{% cycle 1, 2 %}", "{% break %}", "{% include 'x' %}", "{% render 'x' %}", "{% layout 'x' %}"],
  [
    "settings.alias",
    "requires.bitcoin.host",
    "secrets.password",
    "host_ip",
    "settings[settings.text]",
    ".__proto__",
    ".constructor",
  ],
  [
    "(1..9999999999)",
    "'\\",
    "a.b.c.d",
    "[0]",
    "a['b']",
    "== ",
    " contains ",
    " and ",
    "forloop.index",
    ...FILTERS.map((filter) => `| ${filter}`),
  ],
].flat();

const expression = fc
  .tuple(
    fc.constantFrom("settings.text", "a", "b", "requires.bitcoin.port", "'<<<'", "7", "settings.on", "(1..99)"),
    fc.array(fc.constantFrom(...FILTERS), { maxLength: 4 }),
  )
  .map(([name, filters]) => [name, ...filters].join(" | "));

/** Templates that are well formed, or nearly. */
const { body } = fc.letrec<{ body: string; part: string }>((tie) => ({
  body: fc.array(tie("part"), { maxLength: 5, depthIdentifier: "body" }).map((parts) => parts.join("")),
  part: fc.oneof(
    { depthSize: "small", withCrossShrink: false },
    fc.constantFrom("text\n", " ", "<", "é"),
    expression.map((text) => `{{ ${text} }}`),
    expression.map((text) => `{% assign a = ${text} %}`),
    tie("body").map((text) => `{% if settings.on %}${text}{% endif %}`),
    tie("body").map((text) => `{% for i in (1..300) %}${text}{% endfor %}`),
    tie("body").map((text) => `{% capture b %}${text}{% endcapture %}`),
  ),
}));

/** A template that is analysed, then filled. */
export const template = target(
  "template",
  (random, corpus, most) => {
    if (random.fraction() > 0.2) return mutateText(random, corpus, most, WORDS);
    const [made = ""] = fc.sample(body, { numRuns: 1, seed: random.integer(0, 2 ** 31) });
    return Buffer.from(made).subarray(0, most);
  },
  (input) => {
    const text = input.toString("utf8");
    const references = templateReferences(text, FILE);
    if (!references.ok) checkProblems(references.problems, ["ARC_TEMPLATE"], { [FILE]: text });
    else for (const { line, column } of references.value) demand(line >= 1 && column >= 1, "a name without a place");
    const rendered = renderTemplate(text, SCOPE, FILE);
    if (!rendered.ok) checkProblems(rendered.problems, ["ARC_TEMPLATE"], { [FILE]: text });
    else demand(rendered.value.length < 4_000_000, `${rendered.value.length} characters were rendered`);
  },
);
