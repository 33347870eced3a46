import { expect, test } from "vitest";
import { age, humanDuration } from "./age.ts";
import { humanBytes } from "../../core/human-bytes.ts";
import { costText } from "./cost-text.ts";
import { painter } from "./paint.ts";
import { humanLogLine } from "./log-line.ts";
import { printable, printableLog } from "./printable.ts";

test.each([
  [0, "0s"],
  [999, "0s"],
  [59_999, "59s"],
  [60_000, "1m"],
  [3_600_000 * 23, "23h"],
  [86_400_000 * 400, "400d"],
  [-5, "0s"],
])("%i ms is %s", (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [9_960, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [1_234_000_000, "1.2 GB"],
  [2e18, "2000 PB"],
  [null, "size not known"],
])("%j bytes is %s", (bytes, text) => {
  expect(humanBytes(bytes)).toBe(text);
});

test("a plan that costs nothing says nothing of costs", () => {
  const cost = { images: [], disk: { needed: 0, free: 5 }, downtime: [] };
  expect(costText(cost, painter(false))).toBe("");
});

test.each([
  [10, "about 1 s (as the last time)"],
  [119_400, "about 119 s (as the last time)"],
  [930_000, "about 16 min (as the last time)"],
  [null, "not measured yet"],
])("a downtime of %j ms is %s", (ms, text) => {
  const cost = { images: [], disk: { needed: 0, free: null }, downtime: [{ app: "lnd", ms }] };
  expect(costText(cost, painter(false))).toBe(`downtime expected:\n    lnd  ${text}\n`);
});

test("a moment that never was has no age", () => {
  expect(age(0, 5)).toBe("-");
  expect(age(1_000, 4_000)).toBe("3s");
});

test.each([
  ["a\tb\u001b[31mred\u001b[0m", "a\\u0009b\\u001b[31mred\\u001b[0m", "a\tb\u001b[31mred\u001b[0m"],
  ["\u001b]0;title\u0007", "\\u001b]0;title\\u0007", "\\u001b]0;title\\u0007"],
  ["\u001b[2J", "\\u001b[2J", "\\u001b[2J"],
  ["\u009b31m", "\\u009b31m", "\\u009b31m"],
  ["safe \u202egnp.exe", "safe \\u202egnp.exe", "safe \\u202egnp.exe"],
  ["Zürich ✓", "Zürich ✓", "Zürich ✓"],
])("%j can't play tricks", (text, cell, log) => {
  expect(printable(text)).toBe(cell);
  expect(printableLog(text)).toBe(log);
});

test("a log line is time, level, message and fields, with the stack below an error", () => {
  const base = { time: Date.UTC(2026, 0, 1), msg: "it broke" };
  const clock = /^\d\d:\d\d:\d\d /;
  expect(humanLogLine(JSON.stringify({ ...base, level: 40, app: "lnd", words: "a b" })).replace(clock, "")).toBe(
    'WARN   it broke  app=lnd  words="a b"\n',
  );
  const err = { type: "Error", message: "no disk", stack: "Error: no disk\n    at here" };
  expect(humanLogLine(JSON.stringify({ ...base, level: 50, err })).replace(clock, "")).toBe(
    "ERROR  it broke  no disk\n    at here\n",
  );
});
