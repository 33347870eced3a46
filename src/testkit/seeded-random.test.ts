import { expect, it } from "vitest";
import { SeededRandom } from "./seeded-random.ts";

const draw = (seed: number): readonly number[] => {
  const random = new SeededRandom(seed);
  return Array.from({ length: 1_000 }, () => random.fraction());
};

it("gives the same numbers for the same seed and others for another", () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(7)).not.toEqual(draw(7 + 2 ** 32));
});

it("spreads its numbers evenly from 0 to below 1", () => {
  const numbers = draw(1);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
});

it("picks from a list and from nothing else", () => {
  const random = new SeededRandom(3);
  const picked = new Set(Array.from({ length: 100 }, () => random.pick(["a", "b", "c"])));
  expect(picked).toEqual(new Set(["a", "b", "c"]));
  expect(() => random.pick([])).toThrow(RangeError);
});

it("makes as many bytes as asked for", () => {
  expect(new SeededRandom(3).bytes(33)).toHaveLength(33);
});
