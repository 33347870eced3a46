import { expect, test } from "vitest";
import { parseBytes, parseDuration } from "./units.ts";

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["15m30s", 930_000],
  ["2h", 7_200_000],
  ["0s", 0],
  ["", null],
  ["10", null],
  ["10x", null],
  ["1s1m", null],
  ["-1s", null],
])("the duration %j is %j ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  ["1024", 1024],
  ["64m", 67_108_864],
  ["1g", 2 ** 30],
  ["1t", 2 ** 40],
  ["1gb", null],
  ["", null],
  ["1.5g", null],
  ["99999999999t", null],
])("the size %j is %j bytes", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
