import { describe, expect, it } from "vitest";
import { FetchWords } from "./fetch-words.ts";

const read = (...lines: readonly string[]) => {
  const words = new FetchWords();
  return lines.map((line) => words.read(line));
};
const blob = (number: number): string => `Copying blob sha256:${number.toString(16).padStart(64, "0")}`;
const CONFIG = `Copying config sha256:${"c".repeat(64)}`;

describe("the words of a pull", () => {
  it("tell how many layers are done, as far as they can", () => {
    const told = read(
      "Trying to pull registry.example/app:1...",
      "Getting image source signatures",
      blob(1),
      blob(2),
      CONFIG,
      "Writing manifest to image destination",
      "Storing signatures",
    );
    expect(told.map(({ asking }) => asking)).toEqual([true, false, false, false, false, false, false]);
    expect(told.map(({ layers }) => layers && `${layers.done}/${layers.known}`)).toEqual([
      null,
      null,
      "0/1",
      "0/2",
      "2/2",
      "2/2",
      "2/2",
    ]);
  });

  it("count a layer as done when more are named than are copied at once", () => {
    const told = read(...Array.from({ length: 9 }, (_, index) => blob(index)), blob(8), CONFIG);
    expect(told.map(({ layers }) => layers?.done)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 9]);
    expect(told.at(-1)?.layers?.known).toBe(9);
  });
});

it("a build tells of its base's layers, and then of none", () => {
  const told = read("STEP 1/2: FROM registry.example/app:1", "Trying to pull registry.example/app:1...", blob(1));
  expect(told.map(({ asking, layers }) => [asking, layers])).toEqual([
    [false, null],
    [true, null],
    [false, { done: 0, known: 1 }],
  ]);
  expect(read(blob(1), CONFIG, "STEP 2/2: ENV A=b").at(-1)?.layers).toBeNull();
});
