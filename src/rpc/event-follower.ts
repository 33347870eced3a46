import { setTimeout as sleep } from "node:timers/promises";
import { readEventStream, type Resume } from "./event-stream-reader.ts";
import type { NodeEvent, NodeApi } from "./node-api.ts";
import { chunksOf, parseJson, send, type NodeAddress } from "./node-http.ts";
import { PATHS } from "./streams.ts";
import { nodeEvent } from "./view-schemas.ts";

/** Milliseconds before each new attempt after a connection that had stood was lost; then the loss is thrown. */
const PAUSES = [100, 300, 1_000, 3_000];

/**
 * The node's events, also across a lost connection: it resumes where it was. Where the daemon can't send again what was
 * missed (it was restarted, or too much was missed), every app's present state comes instead.
 * ARC_DAEMON_UNREACHABLE where no daemon answers the first time, or none came back.
 */
export async function* followEvents(
  address: NodeAddress,
  signal: AbortSignal,
  status: NodeApi["status"],
): AsyncGenerator<NodeEvent> {
  const resume: Resume = {};
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const headers = resume.lastEventId === undefined ? {} : { "last-event-id": resume.lastEventId };
      const response = await send(address, { method: "GET", path: PATHS.events, headers, signal });
      for await (const { name, data } of readEventStream(chunksOf(response, address), resume)) {
        attempt = 0;
        if (name === "reset") yield* presentStates(status);
        const event = nodeEvent.safeParse(parseJson(data));
        if (event.success) yield event.data;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (resume.lastEventId === undefined || attempt >= PAUSES.length) throw error;
    }
    await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)], undefined, { signal, ref: true }).catch(() => {});
  }
}

async function* presentStates(status: NodeApi["status"]): AsyncGenerator<NodeEvent> {
  for (const app of (await status()).apps) yield { type: "state", app };
}
