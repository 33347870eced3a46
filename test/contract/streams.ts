import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/ports/engine.ts";
import type { Subject } from "./subject.ts";

export function describeStreams(subject: () => Subject): void {
  describe("events", () => {
    it("tells of start, death and removal, by id", async () => {
      const rig = subject();
      const { id, name } = await rig.create();
      const stop = new AbortController();
      const seen = watch(rig, stop.signal, (event) => event.subject === id && event.action === "remove");
      await rig.engine.start(name);
      await rig.engine.stop(name, 1_000);
      await rig.engine.remove(name, { force: false });
      const events = await seen;
      stop.abort();
      const actions = events.filter((event) => event.subject === id && event.type === "container").map((e) => e.action);
      expect(actions).toEqual(expect.arrayContaining(["start", "died", "remove"]));
      expect(Math.abs((events.at(-1)?.at ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it("ends when its signal fires", async () => {
      const stop = new AbortController();
      const ended = watch(subject(), stop.signal, () => false);
      stop.abort();
      await ended;
    });
  });
}

/** Collects events until one is wanted or the signal fires. The iteration has begun when this returns. */
async function watch(
  rig: Subject,
  signal: AbortSignal,
  wanted: (event: EngineEvent) => boolean,
): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  try {
    for await (const event of rig.engine.events(signal)) {
      events.push(event);
      if (wanted(event)) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return events;
}
