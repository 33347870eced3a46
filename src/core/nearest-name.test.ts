import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { didYouMean, nearestName } from "./nearest-name.ts";

const KEYS = ["image", "build", "init", "volumes"];

describe("the nearest name", () => {
  test.each([
    ["imgae", "image"],
    ["volume", "volumes"],
    ["int", "init"],
    ["command", null],
    ["x", null],
    ["", null],
    ["i".repeat(65), null],
  ])("for %j is %j", (name, nearest) => {
    expect(nearestName(name, KEYS)).toBe(nearest);
  });

  test("is suggested only where there is one", () => {
    expect(didYouMean("imgae", KEYS)).toBe('; did you mean "image"?');
    expect(didYouMean("command", KEYS)).toBe("");
  });

  test("is the name itself where it is among them", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 2, maxLength: 60 }), fc.array(fc.string()), (name, others) => {
        expect(nearestName(name, [...others, name])).toBe(name);
      }),
    );
  });
});
