import { describe, expect, test } from "vitest";
import { formatProblem } from "../errors/problem.ts";
import { appId } from "../ids.ts";
import { resolveSettings, type SettingValue } from "./check-settings.ts";
import type { Setting } from "./setting-schema.ts";

const DECLARED: Readonly<Record<string, Setting>> = {
  alias: { type: "string", default: "", max_length: 4 },
  color: { type: "string", default: "#f7931a", pattern: "^#[0-9a-f]{6}$" },
  channels: { type: "integer", default: 5, min: 1, max: 100 },
  level: { type: "choice", choices: ["info", "debug"], default: "info" },
  autopilot: { type: "boolean", default: false },
};

function resolved(settings: Readonly<Record<string, SettingValue>>) {
  const outcome = resolveSettings({ id: appId("lnd"), settings: DECLARED }, { settings });
  return outcome.ok ? outcome.value : outcome.problems.map(formatProblem);
}

const DEFAULTS = { alias: "", color: "#f7931a", channels: 5, level: "info", autopilot: false };

describe("the owner's settings", () => {
  test("have the manifest's defaults for what is left out", () => {
    expect(resolved({})).toEqual(DEFAULTS);
    expect(resolved({ channels: 7, autopilot: true })).toEqual({ ...DEFAULTS, channels: 7, autopilot: true });
  });

  test("count characters, not code units", () => {
    expect(resolved({ alias: "⚡⚡🌋🌋" })).toEqual({ ...DEFAULTS, alias: "⚡⚡🌋🌋" });
  });

  test.each<[Readonly<Record<string, SettingValue>>, string]>([
    [{ alais: "x" }, 'apps.lnd.settings.alais: lnd has no setting "alais"; did you mean "alias"?'],
    [{ constructor: "x" }, 'apps.lnd.settings.constructor: lnd has no setting "constructor"'],
    [{ alias: "abcde" }, "apps.lnd.settings.alias: must have at most 4 characters"],
    [{ alias: 5 }, "apps.lnd.settings.alias: must be text; quote 5"],
    [{ color: "red" }, "apps.lnd.settings.color: must match ^#[0-9a-f]{6}$"],
    [{ channels: 0 }, "apps.lnd.settings.channels: must be at least 1"],
    [{ channels: 101 }, "apps.lnd.settings.channels: must be at most 100"],
    [{ channels: 1.5 }, "apps.lnd.settings.channels: must be a whole number"],
    [{ channels: "7" }, "apps.lnd.settings.channels: must be a whole number"],
    [{ level: "inof" }, 'apps.lnd.settings.level: must be one of info, debug; did you mean "info"?'],
    [{ autopilot: "yes" }, "apps.lnd.settings.autopilot: must be true or false"],
  ])("%j is refused", (settings, problem) => {
    expect(resolved(settings)).toEqual([problem]);
  });
});
