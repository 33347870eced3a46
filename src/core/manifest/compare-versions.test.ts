import { expect, test } from "vitest";
import { isOlder } from "./compare-versions.ts";

test.each([
  ["1.0.0", "1.0.1"],
  ["0.9", "0.10"],
  ["1.0", "1.0.1"],
  ["1.0-rc1", "1.0"],
  ["1.0-rc1", "1.0-rc2"],
  ["v0.18.5", "0.19.0"],
  ["27.2", "28.0"],
  ["1.0.0", "1.0.0.1"],
  ["2024.01.05", "2024.1.06"],
])("%s is older than %s, and not the other way round", (older, younger) => {
  expect(isOlder(older, younger)).toBe(true);
  expect(isOlder(younger, older)).toBe(false);
});

test.each([
  ["1.0.0", "1.0.0"],
  ["v1.0", "1.0"],
  ["1.01", "1.1"],
])("%s and %s are the same age", (a, b) => {
  expect(isOlder(a, b)).toBe(false);
  expect(isOlder(b, a)).toBe(false);
});
