import { describe, expect, test } from "vitest";
import type { ContainerEngine, LogLine } from "../ports/engine.ts";
import { createRequest } from "../testkit/builders.ts";
import { FakeClock } from "../testkit/fake-clock.ts";
import { SimulatedEngine } from "../testkit/simulated-engine.ts";
import { lastLines, lastWord } from "./last-lines.ts";

const IMAGE = "docker.io/library/nginx:1.28";

/** A container that said that and ended. */
async function ended(...said: readonly string[]) {
  const clock = new FakeClock();
  const engine = new SimulatedEngine({ clock });
  engine.images.set(IMAGE, {});
  await engine.client.create(createRequest("web.g1"));
  await engine.client.start("web.g1");
  for (const line of said) engine.say("web.g1", line);
  engine.killPayload("web.g1");
  return { clock, engine, from: { engine: engine.client, clock } };
}

const texts = (lines: readonly LogLine[]): readonly string[] => lines.map(({ text }) => text);

describe("the last lines of a container", () => {
  test("are the last ones, oldest first", async () => {
    const { from } = await ended("one", "two", "three");
    expect(texts(await lastLines(from, "web.g1", { lines: 2 }))).toEqual(["two", "three"]);
    expect(texts(await lastLines(from, "web.g1", { lines: 200 }))).toEqual(["one", "two", "three"]);
  });

  test("are none of one that said nothing, or that is gone", async () => {
    const { from } = await ended();
    expect(await lastLines(from, "web.g1", { lines: 200 })).toEqual([]);
    expect(await lastLines(from, "gone.g1", { lines: 200 })).toEqual([]);
  });

  test("are none while the engine is away", async () => {
    const { engine, from } = await ended("one");
    engine.goAway();
    expect(await lastLines(from, "web.g1", { lines: 200 })).toEqual([]);
  });

  test("hold no more than the bytes given: the oldest go first, and an endless line is cut", async () => {
    const { from } = await ended("a".repeat(60), "b".repeat(60), "é".repeat(20));
    expect(texts(await lastLines(from, "web.g1", { lines: 9, bytes: 110 }))).toEqual(["b".repeat(60), "é".repeat(20)]);
    expect(texts(await lastLines(from, "web.g1", { lines: 9, bytes: 10 }))).toEqual([]);
    const long = await ended("x".repeat(100_000));
    expect(texts(await lastLines(long.from, "web.g1", { lines: 9 }))).toEqual([`${"x".repeat(4_096)}...`]);
  });

  test("are those that came in time, where the engine does not end its answer", async () => {
    const clock = new FakeClock();
    const told = Promise.withResolvers<void>();
    const engine: Pick<ContainerEngine, "logs"> = {
      async *logs(_ref, _options, signal) {
        yield { stream: "stdout", text: "one" };
        await new Promise<void>((resolve) => {
          signal?.addEventListener("abort", () => resolve());
          told.resolve();
        });
        throw new Error("this operation was aborted");
      },
    };
    const lines = lastLines({ engine, clock }, "web.g1", { lines: 200 });
    await told.promise;
    await clock.advance(2_000);
    expect(texts(await lines)).toEqual(["one"]);
  });

  test("are not waited for once the caller has given up", async () => {
    const { from } = await ended("one");
    const over = new AbortController();
    over.abort(new Error("the daemon ends"));
    await expect(lastLines(from, "web.g1", { lines: 2 }, over.signal)).rejects.toThrow("the daemon ends");
  });
});

test.each([
  [["error: no such table", "", "  "], "error: no such table"],
  [["  padded  "], "padded"],
  [["", " "], null],
  [[], null],
])("of %j the last word is %j", (said, word) => {
  expect(lastWord(said.map((text) => ({ stream: "stderr", text })))).toBe(word);
});
