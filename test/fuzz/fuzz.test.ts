import { afterAll, describe, expect, test } from "vitest";
import { FuzzThread } from "./fuzz-thread.ts";
import { fuzzTarget } from "./fuzz-target.ts";
import { TARGETS } from "./targets.ts";

/** Of all targets together; `npm run fuzz` runs more. */
const INPUTS = 2_000;

describe("hostile input", () => {
  const thread = new FuzzThread();
  afterAll(() => thread[Symbol.asyncDispose]());

  test.each(TARGETS.map(({ name }) => name))(
    "to %s is read or refused, in time, with a place and a code of ours",
    { timeout: 60_000 },
    async (target) => {
      const inputs = Math.ceil(INPUTS / TARGETS.length);
      const { failures } = await fuzzTarget(thread, target, { seed: 1, inputs, most: 65_536 });
      const lines = failures.map(
        ({ input, reason }) =>
          `npm run fuzz -- --target ${target} --base64 ${Buffer.from(input).toString("base64")}   # ${reason}`,
      );
      expect(lines).toEqual([]);
    },
  );
});
