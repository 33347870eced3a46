import { isDeepStrictEqual } from "node:util";
import { editNode } from "../../../src/core/manifest/edit-node.ts";
import { parseNode } from "../../../src/core/manifest/parse-node.ts";
import { readYaml } from "../../../src/core/manifest/read-yaml.ts";
import { checkProblems } from "../check-problems.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";
import { YAML_WORDS } from "../yaml-words.ts";

const FILE = "node.yml";

export const NODE_WORDS = [
  YAML_WORDS,
  ["apps:\n", "  lnd: ", "{ state: running }", "state: stopped\n", "settings: {", "ports: {", "required: [", "host: "],
  ["version: ", "retried_at: ", "disk: { collect_below: 90 }\n", "node: { name: x, chain: signet }\n", "grants: "],
].flat();

/** node.yml as it is read, and edited without an edit. */
export const nodeFile = target(
  "node-file",
  (random, corpus, most) => mutateText(random, corpus, most, NODE_WORDS),
  (input) => {
    const text = input.toString("utf8");
    const parsed = parseNode(text, FILE);
    if (!parsed.ok) {
      checkProblems(parsed.problems, ["ARC_NODE_INVALID"], { [FILE]: text });
      return;
    }
    const edited = editNode(text, [], FILE);
    demand(edited.ok && edited.value === text, "without an edit it became another text");
    const read = readYaml(text, FILE, "ARC_NODE_INVALID");
    demand(read.ok, "parsed, though it can't be read");
    const again = parseNode(JSON.stringify(read.value.value), FILE);
    demand(
      again.ok && isDeepStrictEqual(again.value, parsed.value),
      "printed and parsed again it wants something else",
    );
  },
);
