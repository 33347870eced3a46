import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readEventStream, type Resume } from "./event-stream-reader.ts";
import { readLines } from "./ndjson.ts";
import { logsQuery } from "./streams.ts";

/** A text as it may arrive: cut anywhere. */
const cut = (text: string) =>
  fc.array(fc.nat(text.length), { maxLength: 5 }).map((places) => {
    const edges = [0, ...places.toSorted((a, b) => a - b), text.length];
    return edges.slice(1).map((end, i) => text.slice(edges[i], end));
  });

async function* stream(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}

const EVENTS =
  'retry: 1000\nid: x-1\n\n: connected\n\nid: x-2\nevent: state\ndata: {"a": "b: c"}\n\nid: x-3\ndata: 1\n\nid: x-4\nda';

test("events are read however they are cut, and an unfinished one is not", async () => {
  await fc.assert(
    fc.asyncProperty(cut(EVENTS), async (chunks) => {
      const resume: Resume = {};
      expect(await Array.fromAsync(readEventStream(stream(chunks), resume))).toEqual([
        { name: "state", data: '{"a": "b: c"}' },
        { name: "message", data: "1" },
      ]);
      expect(resume.lastEventId).toBe("x-3");
    }),
  );
});

test("an event that was not taken is not resumed after", async () => {
  const resume: Resume = {};
  for await (const _event of readEventStream(stream([EVENTS]), resume)) break;
  expect(resume.lastEventId).toBe("x-1");
});

test("lines are read however they are cut, the unfinished last one included", async () => {
  await fc.assert(
    fc.asyncProperty(cut("one\ntwo\n\nthree"), async (chunks) => {
      expect(await Array.fromAsync(readLines(stream(chunks)))).toEqual(["one", "two", "three"]);
    }),
  );
});

test.each([
  [{}, { follow: false, tail: 100 }],
  [
    { follow: "1", tail: "0", container: "ui" },
    { follow: true, tail: 0, container: "ui" },
  ],
])("the query %j asks for %j", (query, asked) => {
  expect(logsQuery.parse(query)).toEqual(asked);
});

test.each([
  { tail: "x" },
  { tail: "-1" },
  { tail: "10001" },
  { follow: "perhaps" },
  { container: "" },
  { since: "1h" },
])("the query %j is refused", (query) => {
  expect(logsQuery.safeParse(query).success).toBe(false);
});
