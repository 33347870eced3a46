import { isDeepStrictEqual } from "node:util";
import { jsonLines } from "../../../src/adapters/podman/ndjson.ts";
import { observeEvent } from "../../../src/adapters/podman/observe-event.ts";
import { chunked } from "../chunked.ts";
import { mutateJson } from "../mutate-json.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";

/** Bytes: a stream has no largest size, and what is asked is that twice as much takes twice the time. */
const MOST = 262_144;

/** The engine's events: a line of JSON each, cut anywhere. */
export const events = target(
  "events",
  (random, corpus, room) => {
    const most = Math.min(room, MOST);
    if (random.fraction() < 0.3) return mutateText(random, corpus, most, ['{"Type":"container"', "\n", "}"]);
    const lines = Array.from({ length: random.integer(1, 5) }, () => mutateJson(random, corpus, most / 8));
    return Buffer.from(lines.join("\n")).subarray(0, most);
  },
  async (input) => {
    const whole = await Array.fromAsync(jsonLines(chunked(input, 0)));
    const cut = await Array.fromAsync(jsonLines(chunked(input, input.length + 1)));
    demand(isDeepStrictEqual(cut, whole), "cut elsewhere, the values are others");
    for (const { type, action, subject, at } of whole.map(observeEvent)) {
      demand(["container", "image", "network", "other"].includes(type), `the type is ${type}`);
      demand(typeof action === "string" && typeof subject === "string", "action and subject are texts");
      demand(Number.isFinite(at), `it happened at ${at}`);
    }
  },
);
