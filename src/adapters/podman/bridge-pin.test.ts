import fc from "fast-check";
import { expect, it } from "vitest";
import { bridgeAddress, needsPin } from "./bridge-pin.ts";

it("a bridge's address is local, unicast and the same for the same name", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(bridgeAddress(name)).toMatch(/^0a(:[0-9a-f]{2}){5}$/);
      expect(bridgeAddress(name)).toBe(bridgeAddress(name));
    }),
  );
  expect(bridgeAddress("archy-net")).not.toBe(bridgeAddress("archy-lnd"));
});

it.each([
  ["4.3.1", true],
  ["4.9.0", true],
  ["5.0.0", false],
  ["10.1.0", false],
  ["", false],
])("Podman %s needs its bridges pinned: %s", (version, expected) => {
  expect(needsPin(version)).toBe(expected);
});
