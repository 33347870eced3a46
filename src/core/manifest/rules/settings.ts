import { settingProblem } from "../check-settings.ts";
import type { Path } from "../path.ts";
import { get, isMap, items, pairs } from "../raw-value.ts";
import { settingSchema } from "../setting-schema.ts";
import { regularExpression } from "./regular-expression.ts";
import type { Rule, RuleInput } from "./rule.ts";

/** A setting's limits make sense, and its default fits them. */
export const settings: Rule = (input) => {
  for (const [name, raw] of pairs(input.root.settings)) checkSetting(input, ["settings", name], raw);
};

function checkSetting({ problems }: RuleInput, path: Path, raw: unknown): void {
  const pattern = regularExpression(get(raw, "pattern"), 0);
  if (pattern !== null) problems.value([...path, "pattern"], pattern);
  const seen = new Set<unknown>();
  for (const [index, choice] of items(get(raw, "choices"))) {
    if (seen.has(choice)) problems.value([...path, "choices", index], `${String(choice)} stands there already`);
    seen.add(choice);
  }
  for (const [least, most] of [
    ["min", "max"],
    ["min_length", "max_length"],
  ] as const) {
    const [low, high] = [get(raw, least), get(raw, most)];
    if (typeof low === "number" && typeof high === "number" && low > high) {
      problems.value([...path, most], `is less than ${least}, ${low}`);
      return;
    }
  }
  const parsed = settingSchema.safeParse(raw);
  if (!parsed.success || pattern !== null) return;
  const wrong = settingProblem(parsed.data, parsed.data.default);
  if (wrong === null) return;
  const said = isMap(raw) && Object.hasOwn(raw, "default");
  problems.value([...path, "default"], said ? wrong : `is empty where it is left out, and ${wrong}`);
}
