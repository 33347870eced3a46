import { isDeepStrictEqual } from "node:util";
import { ERRORS } from "../../../src/core/errors/codes.ts";
import { editNode, type NodeEdit } from "../../../src/core/manifest/edit-node.ts";
import { parseNode } from "../../../src/core/manifest/parse-node.ts";
import { readYaml } from "../../../src/core/manifest/read-yaml.ts";
import type { SeededRandom } from "../../../src/testkit/seeded-random.ts";
import { mutateJson } from "../mutate-json.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";
import { NODE_WORDS } from "./node-file.ts";

const FILE = "node.yml";

/** The first line of an input is the edits in JSON, the rest is node.yml. */
export const nodeEdit = target(
  "node-edit",
  (random, corpus, most) => {
    const [edits, text] = [part(random.pick(corpus), 0), part(random.pick(corpus), 1)];
    const asked = random.fraction() < 0.3 ? mutateJson(random, [edits], most) : anyEdits(random);
    const written = random.fraction() < 0.4 ? mutateText(random, [text], most, NODE_WORDS) : text;
    return Buffer.concat([
      Buffer.from(asked.toString("latin1").replaceAll("\n", " "), "latin1"),
      Buffer.from("\n"),
      written,
    ]);
  },
  (input) => {
    const edits = editsOf(part(input, 0));
    const text = part(input, 1).toString("utf8");
    const outcome = editNode(text, edits, FILE);
    if (!outcome.ok) {
      demand(outcome.problems.length > 0, "failed without a problem");
      for (const { code, at, message } of outcome.problems) {
        demand(code === "ARC_NODE_INVALID" && Object.hasOwn(ERRORS, code), `the code is ${code}`);
        demand(at !== undefined && at.line >= 1 && at.column >= 1, `no position: ${message}`);
      }
      return;
    }
    demand(parseNode(outcome.value, FILE).ok, "the outcome is no node.yml");
    const again = editNode(outcome.value, edits, FILE);
    demand(again.ok, "the same edits can't be made again");
    demand(again.value === outcome.value || undone(edits), "the same edits changed it once more");
    sameMeaning(text, edits, outcome.value);
  },
);

function part(input: Buffer, which: 0 | 1): Buffer {
  const end = input.indexOf("\n");
  if (end < 0) return which === 0 ? input : Buffer.alloc(0);
  return which === 0 ? input.subarray(0, end) : input.subarray(end + 1);
}

function editsOf(bytes: Buffer): readonly NodeEdit[] {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    return [];
  }
  return (Array.isArray(value) ? value : []).flatMap((edit: unknown): NodeEdit[] => {
    if (typeof edit !== "object" || edit === null || !("path" in edit) || !Array.isArray(edit.path)) return [];
    const path = edit.path.filter((key) => typeof key === "string");
    return [{ path, value: "value" in edit ? edit.value : null }];
  });
}

const APPS = ["lnd", "bitcoin", "mempool", "a", "1", "__proto__", "x y", "constructor"];

function anyEdits(random: SeededRandom): Buffer {
  const edits = Array.from({ length: random.integer(0, 5) }, () => {
    const app = random.pick(APPS);
    return random.pick<NodeEdit>([
      { path: ["apps", app, "state"], value: random.pick(["running", "stopped", "gone", null]) },
      { path: ["apps", app], value: random.pick([null, {}, { state: "running" }]) },
      { path: ["apps", app, "version"], value: random.pick(["1.0", "1e3", "0.10", null, "null", "~", "# x"]) },
      { path: ["apps", app, "settings"], value: random.pick([{ alias: "x" }, null, { a: "multi\nline", b: "- c" }]) },
      {
        path: ["apps", app, "settings", "alias"],
        value: random.pick(["a: b", "", " x ", "'", "\u2028", "\t", true, 1e21]),
      },
      { path: ["apps", app, "ports", "9735"], value: random.pick([1, 65535, 0, "80", null]) },
      { path: ["apps", app, "retried_at"], value: random.pick([1_700_000_000_000, "2026-01-01T00:00:00Z", null]) },
      { path: ["required"], value: random.pick([["a"], [], null, ["lnd", "bitcoin"]]) },
      { path: ["host", "host_ip"], value: random.pick(["192.0.2.7", null, "::1"]) },
      { path: ["node", "name"], value: random.pick(["x", "", "null", "1", null]) },
    ]);
  });
  return Buffer.from(JSON.stringify(edits));
}

/** An edit that a later one takes back sets going what the later one ends again. */
const undone = (edits: readonly NodeEdit[]): boolean =>
  edits.some(({ path }, index) =>
    edits
      .slice(index + 1)
      .some((later) => later.path.every((key, depth) => path[depth] === key || path.length <= depth)),
  );

/** The outcome means what the same edits make of the plain values. An alias or a merge stands in two places at once. */
function sameMeaning(text: string, edits: readonly NodeEdit[], outcome: string): void {
  if (/[&*]|<</.test(text)) return;
  const [before, after] = [text, outcome].map((each) => readYaml(each, FILE, "ARC_NODE_INVALID"));
  demand(before?.ok === true && after?.ok === true, "the outcome can't be read");
  let wanted: unknown = before.value.value;
  for (const { path, value } of edits) wanted = withValue(wanted, path, value);
  const [plain, found] = [wanted, after.value.value].map((value) => JSON.stringify(sorted(value ?? {})));
  demand(
    plain === found || isDeepStrictEqual(plain, found),
    `means ${found?.slice(0, 300)}, not ${plain?.slice(0, 300)}`,
  );
}

function withValue(root: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const map = typeof root === "object" && root !== null && !Array.isArray(root) ? Object.entries(root) : [];
  const others = map.filter(([name]) => name !== key);
  const old: unknown = map.find(([name]) => name === key)?.[1];
  if (rest.length > 0 && old === undefined && value === null) return root;
  if (rest.length > 0 && old === null && value === null) return root;
  if (rest.length === 0 && value === null) return map.length === 0 ? root : Object.fromEntries(others);
  return Object.fromEntries([...others, [key, withValue(old, rest, value)]]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, child]): [string, unknown] => [key, sorted(child)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
