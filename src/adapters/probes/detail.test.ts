import { expect, test } from "vitest";
import { failureDetail, shortDetail } from "./detail.ts";

test.each([
  ["colours and moves of the cursor go", "\u001b[31mred\u001b[0m\u001b[2J plain", "red plain"],
  ["several lines become one", " first\r\n\tsecond\u0000\n", "first second"],
  ["marks that turn the direction of writing go", "a\u202eb\u2066c", "a b c"],
  ["300 characters stay", "x".repeat(300), "x".repeat(300)],
  ["a longer text is cut", "x".repeat(9_000), `${"x".repeat(297)}...`],
  [
    "no half of a character is left at the cut",
    `${"x".repeat(296)}\u{1f600}${"y".repeat(50)}`,
    `${"x".repeat(296)}\ufffd...`,
  ],
])("in a detail %s", (_case, text, expected) => {
  expect(shortDetail(text)).toBe(expected);
});

test.each([
  [Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:80"), { code: "ECONNREFUSED" }), "connection refused"],
  [Object.assign(new Error("x"), { code: "EHOSTUNREACH" }), "no route to the container"],
  [Object.assign(new Error("Parse Error"), { code: "HPE_INVALID_CONSTANT" }), "no HTTP answer: Parse Error"],
  [new Error("said\nso"), "said so"],
  [new Error(""), "failed"],
  ["a bare word", "a bare word"],
])("a failure %s reads: %s", (error, expected) => {
  expect(failureDetail(error)).toBe(expected);
});
