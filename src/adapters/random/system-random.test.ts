import { expect, test } from "vitest";
import { SystemRandom } from "./system-random.ts";

test("gives as many bytes as asked for, never the same twice, and fractions below 1", () => {
  const random = new SystemRandom();
  expect(random.bytes(32)).toHaveLength(32);
  expect(random.bytes(32)).not.toEqual(random.bytes(32));
  const fraction = random.fraction();
  expect(fraction >= 0 && fraction < 1).toBe(true);
});
