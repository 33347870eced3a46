import { assertNever, failed, ok, type Result } from "../result.ts";
import type { Problem } from "../errors/problem.ts";
import { didYouMean } from "../nearest-name.ts";
import type { Manifest } from "./manifest.ts";
import type { AppEntry } from "./node-schema.ts";
import type { Setting } from "./setting-schema.ts";

export type SettingValue = string | number | boolean;

/**
 * The owner's settings of one app, with the manifest's defaults for what is left out. Fails with every unknown name
 * (ARC_UNRESOLVED, the nearest one suggested) and every value that does not fit; paths are those of node.yml.
 */
export function resolveSettings(
  manifest: Pick<Manifest, "id" | "settings">,
  entry: Pick<AppEntry, "settings">,
): Result<Readonly<Record<string, SettingValue>>> {
  const problems: Problem[] = [];
  const refuse = (name: string, message: string): void => {
    problems.push({ code: "ARC_UNRESOLVED", message, path: `apps.${manifest.id}.settings.${name}` });
  };
  for (const name of Object.keys(entry.settings)) {
    if (Object.hasOwn(manifest.settings, name)) continue;
    refuse(name, `${manifest.id} has no setting "${name}"${didYouMean(name, Object.keys(manifest.settings))}`);
  }
  const values: Record<string, SettingValue> = {};
  for (const [name, setting] of Object.entries(manifest.settings)) {
    const given = Object.hasOwn(entry.settings, name) ? entry.settings[name] : undefined;
    const value = given ?? setting.default;
    const wrong = settingProblem(setting, value);
    if (wrong !== null) refuse(name, wrong);
    values[name] = value;
  }
  return problems.length > 0 ? failed(...problems) : ok(values);
}

/** Why a setting can't have a value; null where it can. Lengths count characters (code points). */
export function settingProblem(setting: Setting, value: SettingValue): string | null {
  switch (setting.type) {
    case "string":
      return typeof value === "string" ? textProblem(setting, value) : `must be text; quote ${value}`;
    case "integer":
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return "must be a whole number";
      if (setting.min !== undefined && value < setting.min) return `must be at least ${setting.min}`;
      if (setting.max !== undefined && value > setting.max) return `must be at most ${setting.max}`;
      return null;
    case "boolean":
      return typeof value === "boolean" ? null : "must be true or false";
    case "choice":
      if (typeof value === "string" && setting.choices.includes(value)) return null;
      return `must be one of ${setting.choices.join(", ")}${didYouMean(String(value), setting.choices)}`;
    default:
      return assertNever(setting);
  }
}

function textProblem(setting: Extract<Setting, { type: "string" }>, value: string): string | null {
  const length = [...value].length;
  if (setting.min_length !== undefined && length < setting.min_length) {
    return `must have at least ${setting.min_length} characters`;
  }
  if (setting.max_length !== undefined && length > setting.max_length) {
    return `must have at most ${setting.max_length} characters`;
  }
  // That the pattern compiles was seen when the manifest was parsed.
  if (setting.pattern !== undefined && !new RegExp(setting.pattern).test(value)) return `must match ${setting.pattern}`;
  return null;
}
