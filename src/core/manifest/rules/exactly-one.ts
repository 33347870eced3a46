import { nearestName } from "../../nearest-name.ts";
import type { Path } from "../path.ts";
import { get, isMap, items, pairs } from "../raw-value.ts";
import type { Rule, RuleInput } from "./rule.ts";

const PROBES = ["http", "tcp", "command"];

/** One of several keys, never none and never two. */
export const exactlyOne: Rule = (input) => {
  const { root, containers, problems } = input;
  if (need(input, [], root, ["container", "containers"]) && isMap(root.containers)) {
    if (pairs(root.containers).length === 0) problems.value(["containers"], "needs at least one container");
  }
  for (const { path, raw } of containers) {
    need(input, path, raw, ["image", "build"]);
    for (const [name, probe] of pairs(get(raw, "health"))) need(input, [...path, "health", name], probe, PROBES);
  }
  for (const [alias, requirement] of pairs(root.requires)) {
    need(input, ["requires", alias], requirement, ["interface", "app"]);
  }
  for (const [index, check] of items(root.checks)) need(input, ["checks", index], check, PROBES);
};

/** True where exactly one is there. */
function need({ problems }: RuleInput, path: Path, value: unknown, keys: readonly string[]): boolean {
  if (!isMap(value)) return false;
  const [first, second] = keys.filter((key) => Object.hasOwn(value, key));
  const choice = keys.length === 2 ? keys.join(" or ") : `one of ${keys.join(", ")}`;
  if (first === undefined) {
    // A misspelt key is reported as such; that its right form is missing follows from it.
    const misspelt = Object.keys(value).some((key) => nearestName(key, keys) !== null);
    if (!misspelt) problems.value(path, `needs ${choice}`);
    return false;
  }
  if (second !== undefined) {
    problems.key([...path, second], `${second} can't stand beside ${first}; needs ${choice}`);
    return false;
  }
  return true;
}
