import { describe, expect, test } from "vitest";
import { editNode, type NodeEdit } from "../manifest/edit-node.ts";
import { undoEdits } from "./undo-edits.ts";

const set = (field: string, value: unknown): NodeEdit => ({ path: ["apps", "web", field], value });
const REMOVE: NodeEdit = { path: ["apps", "web"], value: null };

const WITH = `# mine
apps:
  web: # the web
    state: stopped
    settings: {a: 1}
  tor: {}
`;
const EMPTY_ENTRY = "apps:\n  web:\n  tor: {}\n";

interface Case {
  readonly what: string;
  readonly text: string;
  readonly edits: readonly NodeEdit[];
  readonly undo: readonly NodeEdit[];
}

const CASES: readonly Case[] = [
  { what: "a field that was there", text: WITH, edits: [set("state", "running")], undo: [set("state", "stopped")] },
  { what: "a field that was not there", text: WITH, edits: [set("version", "2")], undo: [set("version", null)] },
  {
    what: "an entry that was not there, once for all its fields",
    text: "apps:\n  tor: {}\n",
    edits: [set("state", "running"), set("version", "2")],
    undo: [REMOVE],
  },
  {
    what: "a node.yml without apps",
    text: "node:\n  name: a\n",
    edits: [set("state", "running")],
    undo: [{ path: ["apps"], value: null }],
  },
  {
    what: "a file that was empty",
    text: "",
    edits: [set("state", "running")],
    undo: [{ path: ["apps"], value: null }],
  },
  {
    what: "a field of an entry without a value",
    text: EMPTY_ENTRY,
    edits: [set("version", "2")],
    undo: [set("version", null)],
  },
  {
    what: "an entry that goes",
    text: WITH,
    edits: [REMOVE],
    undo: [{ ...REMOVE, value: { state: "stopped", settings: { a: 1 } } }],
  },
  { what: "an entry without a value that goes", text: EMPTY_ENTRY, edits: [REMOVE], undo: [{ ...REMOVE, value: {} }] },
];

describe("edits are taken back:", () => {
  test.each(CASES)("$what", ({ text, edits, undo }) => {
    expect(undoEdits(text, edits)).toEqual(undo);
    const edited = editNode(text, edits);
    const back = edited.ok ? editNode(edited.value, undo) : edited;
    const plain = editNode(text, []);
    expect(back.ok && plain.ok && wantedOf(back.value)).toEqual(plain.ok && wantedOf(plain.value));
  });
});

/** What the text says of its apps; a map that is empty is one that is not there. */
function wantedOf(text: string): readonly string[] {
  return text
    .replace(/#.*/g, "")
    .split("\n")
    .map((line) => line.trim().replace(/: \{\}$/, ":"))
    .filter((line) => line !== "" && line !== "{}" && line !== "apps:")
    .flatMap((line) => line.replace(/^settings: \{\s*a: 1\s*\}$/, "settings:|a: 1").split("|"))
    .toSorted();
}
