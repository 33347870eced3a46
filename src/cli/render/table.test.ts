import { expect, test } from "vitest";
import { painter } from "./paint.ts";
import { formatTable } from "./table.ts";
import { clip, textWidth } from "./text-width.ts";

const plain = { paint: painter(false), width: null };

test("columns are as wide as their widest cell, lines have no spaces at their end", () => {
  expect(
    formatTable(
      ["A", "LONG HEAD", "C"],
      [
        ["wide cell", "x", ""],
        ["b", "", "y"],
      ],
      plain,
    ),
  ).toBe("A          LONG HEAD  C\nwide cell  x\nb                     y\n");
});

test("colours take no room", () => {
  const paint = painter(true);
  const text = formatTable(["A", "B"], [[{ text: "x", style: "red" }, "y"]], { paint, width: null });
  expect(text).toBe("\u001b[1mA\u001b[22m  \u001b[1mB\u001b[22m\n\u001b[31mx\u001b[39m  y\n");
});

test("the last column is cut to the terminal's width, but never to nothing", () => {
  const rows = [["app", "a long reason that does not fit"]];
  expect(formatTable(["APP", "REASON"], rows, { ...plain, width: 20 })).toBe("APP  REASON\napp  a long reason …\n");
  expect(formatTable(["APP", "REASON"], rows, { ...plain, width: 1 })).toBe("APP  REASON\napp  a long re…\n");
});

test.each([
  ["plain", 5],
  ["Zürich", 6],
  ["e\u0301", 1],
  ["日本", 4],
  ["👩‍👩‍👧 ok", 5],
  ["⚡", 2],
  ["\u200b", 0],
  ["", 0],
])("%j is %i columns wide", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test.each([
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["abc", 3, "abc"],
  ["abcd", 1, "…"],
  ["abcd", 0, ""],
])("%j cut to %i columns is %j", (text, width, cut) => {
  expect(clip(text, width)).toBe(cut);
});
