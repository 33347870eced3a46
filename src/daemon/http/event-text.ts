import type { Subscription } from "./event-hub.ts";

/**
 * A subscription as the text of an event stream. It opens with an id and no data: a client that loses the connection
 * before the first event still knows where to go on. A comment goes out after each `heartbeat` ms of silence, so that
 * both ends notice a dead connection.
 */
export async function* eventText(subscription: Subscription, heartbeat: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  using held = subscription;
  const position = held.position === null ? "" : `id: ${held.position}\n`;
  yield encoder.encode(`retry: 1000\n${position}\n: connected\n\n`);
  for (;;) {
    const taken = await held.events.take(heartbeat);
    if (taken.kind === "end") return;
    if (taken.kind === "idle") yield encoder.encode(": still here\n\n");
    else yield encoder.encode(`id: ${taken.item.id}\nevent: ${taken.item.name}\ndata: ${taken.item.data}\n\n`);
  }
}
