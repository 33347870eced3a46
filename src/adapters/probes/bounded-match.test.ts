import { expect, test } from "vitest";
import { matchWithin } from "./bounded-match.ts";

test.each([
  ["b+", "abbc", { group: null, end: null }],
  ["a(b+)", "abbc", { group: "bb", end: 3 }],
  ["a(x)?", "abbc", { group: null, end: null }],
  ["x", "abbc", null],
  ['"\\); throw 1; //', '"); throw 1; //', { group: null, end: null }],
  ['("\\))+; throw 1; //', '"); throw 1; //', { group: '")', end: 2 }],
  ["(.)$", "`${1}`\u2028", null],
  ["(\\w+)%", '{"progress": 12%}\n\\', { group: "12", end: 15 }],
])("%j on %j gives %j", (pattern, text, match) => {
  expect(matchWithin(pattern, text)).toEqual(match);
});

test.each([
  ["the square of a long text", " *x", " ".repeat(65_536)],
  ["two repetitions", "(a*)*$", `${"a".repeat(60)}!`],
])("%s is stopped too, or done in time", (_case, pattern, text) => {
  const before = performance.now();
  try {
    expect(matchWithin(pattern, text)).toBeNull();
  } catch (error) {
    expect(String(error)).toContain("takes too long");
  }
  expect(performance.now() - before).toBeLessThan(5_000);
});

test("a pattern that would hold up the daemon is stopped", () => {
  const before = performance.now();
  expect(() => matchWithin("(a+)+$", `${"a".repeat(60)}!`)).toThrow("takes too long");
  expect(performance.now() - before).toBeLessThan(5_000);
});

test("a pattern that is no regular expression is an error", () => {
  expect(() => matchWithin("(", "x")).toThrow("Invalid regular expression");
});

test("64 kB are no trouble", () => {
  expect(matchWithin('"done": *(true)', `${"x".repeat(65_536)}"done": true`)?.group).toBe("true");
});
