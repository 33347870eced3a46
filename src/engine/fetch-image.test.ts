import { describe, expect, it } from "vitest";
import type { PullOptions, PullProgress } from "../ports/engine.ts";
import { FakeClock } from "../testkit/fake-clock.ts";
import { SimulatedEngine } from "../testkit/simulated-engine.ts";
import { FIRST_WORD_MS, LONGEST_SILENCE_MS, fetchImage } from "./fetch-image.ts";
import { Semaphore } from "./semaphore.ts";

const IMAGE = "registry.example/app:1";
const BUILD = { digest: "d", context: "/catalogue/app", containerfile: "Containerfile", args: {} };

function fetching(fetch: (engine: SimulatedEngine, options: PullOptions) => Promise<void>) {
  const clock = new FakeClock(0);
  const engine = new SimulatedEngine({ clock });
  const told: PullProgress[] = [];
  const stop = new AbortController();
  const begin = () =>
    fetchImage(
      IMAGE,
      { clock, fetches: new Semaphore(1), progress: (word) => told.push(word), signal: stop.signal },
      (options) => fetch(engine, options),
    );
  return { clock, engine, told, stop, begin };
}

const pulling = () => fetching((engine, options) => engine.client.pull(IMAGE, options));

describe("fetching an image", () => {
  it("passes on what the engine tells", async () => {
    const { clock, engine, told, begin } = pulling();
    engine.images.set(IMAGE, { present: false, pull: { takes: 5_000, layers: 4 } });
    await clock.run(begin());
    expect(told.map(({ asking, layers }) => [asking, layers])).toEqual([
      [true, null],
      [false, null],
      [false, { done: 0, known: 4 }],
      [false, { done: 4, known: 4 }],
    ]);
    expect(clock.now()).toBe(5_000);
  });

  it.each([
    ["a registry that never answers", "hangs", FIRST_WORD_MS],
    ["a registry that falls silent in the middle", "stalls", LONGEST_SILENCE_MS],
  ] as const)("gives %s up in its time: ARC_REGISTRY_SILENT", async (_what, takes, limit) => {
    const { clock, engine, begin } = pulling();
    engine.images.set(IMAGE, { present: false, pull: { takes } });
    await expect(clock.run(begin())).rejects.toMatchObject({
      code: "ARC_REGISTRY_SILENT",
      message: `${IMAGE}: the registry has said nothing for ${limit / 60_000} minutes`,
    });
    expect(clock.now()).toBe(limit);
  });

  it("gives a build's step as long as it takes, up to half an hour: ARC_ENGINE_TIMEOUT", async () => {
    const { clock, engine, begin } = fetching((node, options) => node.client.build(BUILD, IMAGE, options));
    engine.images.set(IMAGE, { present: false, build: { takes: "hangs" } });
    await expect(clock.run(begin())).rejects.toMatchObject({ code: "ARC_ENGINE_TIMEOUT" });
    expect(clock.now()).toBe(LONGEST_SILENCE_MS);
  });

  it("ends with the caller's signal, and with its reason", async () => {
    const { clock, engine, stop, begin } = pulling();
    engine.images.set(IMAGE, { present: false, pull: { takes: "hangs" } });
    clock.timer(1_000, () => stop.abort("not wanted any more"));
    await expect(clock.run(begin())).rejects.toBe("not wanted any more");
  });

  it("fails as the fetch does", async () => {
    const { clock, engine, begin } = pulling();
    const pull = { error: "toomanyrequests", code: "ARC_REGISTRY_LIMITED", retryAfter: 60_000 } as const;
    engine.images.set(IMAGE, { present: false, pull });
    await expect(clock.run(begin())).rejects.toMatchObject({ code: "ARC_REGISTRY_LIMITED", retryAfter: 60_000 });
  });
});
