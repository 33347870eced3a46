import type { Path } from "../path.ts";
import { formatPath } from "../path.ts";
import { get, items, pairs } from "../raw-value.ts";
import { text, type Rule } from "./rule.ts";

/** A variable is set in one place: in env, derived_env or secret_env, and there once. */
export const uniqueEnv: Rule = ({ containers, problems }) => {
  for (const { path, raw } of containers) {
    const seen = new Map<string, Path>();
    for (const [key] of pairs(raw.env)) seen.set(key, ["env", key]);
    for (const list of ["derived_env", "secret_env"]) {
      for (const [index, entry] of items(raw[list])) {
        const key = text(get(entry, "key"));
        if (key === undefined) continue;
        const place = [list, index, "key"];
        const before = seen.get(key);
        if (before) problems.value([...path, ...place], `${key} is set already by ${formatPath(before.slice(0, 2))}`);
        else seen.set(key, place);
      }
    }
  }
};
