/** One event as it came over the wire. */
export interface ReceivedEvent {
  readonly name: string;
  readonly data: string;
}

/** Where a client can go on after its connection broke. Filled while reading. */
export interface Resume {
  lastEventId?: string;
}

/**
 * Reads a `text/event-stream` of a server of ours: LF line ends, one data line an event. Notes each id in `resume`, also
 * of blocks that carry nothing else.
 */
export async function* readEventStream(chunks: AsyncIterable<string>, resume: Resume): AsyncGenerator<ReceivedEvent> {
  let rest = "";
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => cut(line)));
      const id = fields.get("id");
      const data = fields.get("data");
      if (data !== undefined) yield { name: fields.get("event") ?? "message", data };
      // Noted once the event was taken, so that one that was lost on the way to its reader comes again.
      if (id !== undefined) resume.lastEventId = id;
    }
  }
}

function cut(line: string): readonly [field: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}
