import { FACT_NAMES } from "../../facts.ts";
import { didYouMean } from "../../nearest-name.ts";
import type { TemplateReference } from "../../template/template.ts";
import { get, items, type RawMap } from "../raw-value.ts";
import { containersOf, declared, text } from "./rule.ts";

const APP_FIELDS = ["id", "name", "version", "data_dir"];
const NODE_FIELDS = ["name", "chain"];
const FACTS: readonly string[] = FACT_NAMES;

/** What the templates of one manifest may name. */
export interface TemplateNames {
  /** Group -> its names; `requires` goes one deeper, to fields that only the catalogue knows. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly secrets: readonly string[];
}

export function templateNames(root: RawMap): TemplateNames {
  const containers = containersOf(root);
  // An app reads its own secrets only: those it declares, and those its environment takes from the owner's files.
  const placed = containers.flatMap(({ raw }) =>
    items(raw.secret_env).flatMap(([, entry]) => text(get(entry, "secret_file")) ?? []),
  );
  return {
    groups: {
      settings: declared(root, "settings"),
      requires: declared(root, "requires"),
      app: APP_FIELDS,
      container: containers.map(({ name }) => name),
      node: NODE_FIELDS,
    },
    secrets: [...declared(root, "secrets"), ...placed],
  };
}

const SINGULAR: Readonly<Record<string, string>> = {
  settings: "setting",
  requires: "alias under requires",
  app: "field of app",
  container: "container",
  node: "field of node",
  secrets: "secret of this app",
};

/** What is wrong with a name that a template reads; null where nothing is. `secrets` may be read in files alone. */
export function referenceProblem(
  { path, condition }: TemplateReference,
  names: TemplateNames,
  secretsAllowed: boolean,
): string | null {
  const [root = "", name, field] = path;
  if (FACTS.includes(root)) return path.length === 1 ? null : `${root} has no fields`;
  if (root === "secrets" && !secretsAllowed) {
    return "secrets can be read in files only; an environment takes them by secret_env";
  }
  const group = root === "secrets" ? names.secrets : Object.hasOwn(names.groups, root) ? names.groups[root] : undefined;
  if (!group) return `unknown name "${root}"${didYouMean(root, [...FACTS, ...Object.keys(names.groups), "secrets"])}`;
  const groupOnly = root === "requires" ? condition : false;
  if (name === undefined) return groupOnly ? null : `${root} is a group; name one of its fields`;
  if (!group.includes(name)) return `unknown ${SINGULAR[root] ?? root} "${name}"${didYouMean(name, group)}`;
  if (root === "requires" && field === undefined) {
    return groupOnly ? null : `requires.${name} is a group; name one of its fields`;
  }
  const depth = root === "requires" ? 3 : 2;
  return path.length > depth ? `${path.slice(0, depth).join(".")} has no fields` : null;
}
