import { expect, test } from "vitest";
import { parseSince } from "./parse-since.ts";

const NOW = Date.UTC(2026, 0, 31, 12);

test.each([
  ["90s", NOW - 90_000],
  ["1h30m", NOW - 5_400_000],
  ["7d", NOW - 7 * 86_400_000],
  ["99999d", 0],
  ["2026-01-31T11:00Z", NOW - 3_600_000],
  ["2026-01-31T13:00:00.000+02:00", NOW - 3_600_000],
  ["2026-01-31", Date.UTC(2026, 0, 31)],
])("%s is a moment", (text, moment) => {
  expect(parseSince(text, NOW)).toBe(moment);
});

test.each(["", "yesterday", "1", "-1h", "2026-13-45", "March 3", "d"])("%j is none", (text) => {
  expect(() => parseSince(text, NOW)).toThrow(expect.objectContaining({ code: "ARC_USAGE" }));
});
