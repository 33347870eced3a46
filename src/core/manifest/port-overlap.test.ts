import { expect, test } from "vitest";
import { bindsOverlap } from "./port-overlap.ts";

test.each([
  ["0.0.0.0", "127.0.0.1", true],
  ["127.0.0.1", "127.0.0.1", true],
  ["127.0.0.1", "192.0.2.1", false],
  ["::", "127.0.0.1", true],
  ["0.0.0.0", "::", true],
  ["0.0.0.0", "::1", false],
])("listeners on %s and %s meet: %s", (a, b, meet) => {
  expect(bindsOverlap(a, b)).toBe(meet);
  expect(bindsOverlap(b, a)).toBe(meet);
});
