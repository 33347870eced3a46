import { expect, it } from "vitest";
import { secondTry } from "./second-try.ts";

/** Fails as often as told, each time with another number. */
function failing(times: number): () => Promise<string> {
  const calls = { count: 0 };
  return async () => {
    calls.count += 1;
    if (calls.count <= times) throw new Error(`failure ${calls.count}`);
    return `call ${calls.count}`;
  };
}

it.each([
  ["what goes well is done once", 0, true, "call 1"],
  ["what was cleared is done again", 1, true, "call 2"],
  ["what can't be cleared fails as it did", 1, false, "failure 1"],
  ["there is no third try", 2, true, "failure 2"],
])("%s", async (_, failures, cleared, expected) => {
  const outcome = secondTry(failing(failures), async () => cleared).catch((error: unknown) =>
    error instanceof Error ? error.message : "",
  );
  expect(await outcome).toBe(expected);
});
