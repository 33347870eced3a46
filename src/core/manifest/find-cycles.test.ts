import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCycles } from "./find-cycles.ts";

const graph = (edges: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(edges));

describe("cycles", () => {
  test.each([
    ["none in a tree", { a: ["b", "c"], b: ["c"], c: [] }, []],
    ["none through names that are not there", { a: ["x"], b: ["x"] }, []],
    ["one of itself", { a: ["a"] }, ["a -> a"]],
    [
      "one of three, from the first",
      { z: ["b"], a: ["b"], b: ["c"], c: ["b", "a"] },
      ["b -> c -> b", "b -> c -> a -> b"],
    ],
    ["two apart", { a: ["b"], b: ["a"], c: ["d"], d: ["c"] }, ["a -> b -> a", "c -> d -> c"]],
  ])("%s", (_name, edges, cycles) => {
    expect(findCycles(graph(edges)).map((cycle) => cycle.join(" -> "))).toEqual(cycles);
  });

  test("are found whenever names can't be put in order, and lead round by edges that are there", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e");
    fc.assert(
      fc.property(fc.dictionary(name, fc.uniqueArray(name)), (edges) => {
        const cycles = findCycles(graph(edges));
        for (const cycle of cycles) {
          expect(cycle.at(-1)).toBe(cycle[0]);
          for (const [at, from] of cycle.slice(0, -1).entries()) expect(edges[from]).toContain(cycle[at + 1]);
        }
        expect(cycles.length > 0).toBe(!canBeOrdered(edges));
      }),
    );
  });

  test("are found in a chain of any length", () => {
    const chain = new Map(Array.from({ length: 50_000 }, (_, at) => [`n${at}`, [`n${at + 1}`]]));
    expect(findCycles(chain)).toEqual([]);
  });
});

function canBeOrdered(edges: Readonly<Record<string, readonly string[]>>): boolean {
  const left = new Map(Object.entries(edges));
  for (;;) {
    const free = [...left.keys()].find((name) => (left.get(name) ?? []).every((next) => !left.has(next)));
    if (free === undefined) return left.size === 0;
    left.delete(free);
  }
}
