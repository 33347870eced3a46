import { describe, expect, test } from "vitest";
import type { Loading } from "../../core/manifest/health-schema.ts";
import { readLoading, readProgress } from "./loading.ts";

describe("an answer says loading", () => {
  const said = { status: 503, text: '{"synced": false, "progress": 0.25}', passes: false };
  const cases: readonly (readonly [string, Loading | undefined, Partial<typeof said>, { progress?: number } | null])[] =
    [
      ["not where the manifest says nothing of it", undefined, {}, null],
      ["not where the manifest names nothing", {}, {}, null],
      ["by its status", { status: 503 }, {}, {}],
      ["not by another status", { status: 502 }, {}, null],
      ["by its text", { output: '"synced": *false' }, {}, {}],
      ["not by another text", { output: '"synced": *true' }, {}, null],
      ["by both where both are named", { status: 503, output: "synced" }, {}, {}],
      ["not by the status alone where both are named", { status: 503, output: "other" }, {}, null],
      ["not by the text alone where both are named", { status: 200, output: "synced" }, {}, null],
      ["even where it would pass", { output: "synced" }, { status: 200, passes: true }, {}],
      ["with how far it is", { status: 503, progress: '"progress": ([0-9.]+)' }, {}, { progress: 0.25 }],
      ["without a figure where the text holds none", { status: 503, progress: "(x)" }, {}, {}],
      ["by progress alone where it does not pass", { progress: '"progress": ([0-9.]+)' }, {}, { progress: 0.25 }],
      ["not by progress alone where it passes", { progress: '"progress": ([0-9.]+)' }, { passes: true }, null],
      ["not by a progress that is not there", { progress: "height (\\d+)" }, {}, null],
    ];
  test.each(cases)("%s", (_case, loading, change, expected) => {
    expect(readLoading(loading, { ...said, ...change })).toEqual(expected);
  });
});

describe("a progress figure", () => {
  const cases: readonly (readonly [string, string, string, number | null])[] = [
    ["a fraction is taken as it is", "at ([0-9.]+)", "at 0.9987", 0.9987],
    ["1 is the whole", "at ([0-9.]+)", "at 1", 1],
    ["0 is nothing", "at ([0-9.]+)", "at 0", 0],
    ["more than 1 is a percentage", "at ([0-9.]+)", "at 42.5", 0.425],
    ["a % in the group makes a percentage", "at (\\S+)", "at 0.5%", 0.005],
    ["a % behind the group makes a percentage", "at ([0-9.]+)", "at 1 %", 0.01],
    ["an exponent is read", "at ([0-9.e-]+)", "at 5e-1", 0.5],
    ["more than all is all", "at ([0-9.]+)", "at 250", 1],
    ["less than nothing is nothing", "at (\\S+)", "at -3", 0],
    ["no figure is none", "at (\\S+)", "at last", null],
    ["an empty group is none", "at (\\d*)", "at last", null],
    ["a group that takes no part is none", "at (\\d+)?", "at last", null],
    ["no match is none", "at (\\d+)", "nothing", null],
    ["infinity is none", "at (\\S+)", "at Infinity", null],
  ];
  test.each(cases)("%s", (_case, pattern, text, expected) => {
    expect(readProgress(pattern, text)).toBe(expected);
  });
});
