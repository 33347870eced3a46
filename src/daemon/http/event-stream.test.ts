import { request, type IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { readEventStream, type ReceivedEvent } from "../../rpc/event-stream-reader.ts";
import type { NodeEvent } from "../../rpc/node-api.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { appStatus, historyEntry } from "../../testkit/views.ts";

const engine = (state: "available" | "unavailable"): NodeEvent => ({ type: "engine", state });

function open(socketPath: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: "/events", headers, agent: false }, (response) => {
      response.setEncoding("utf8");
      response.on("error", () => {});
      resolve(response);
    })
      .on("error", reject)
      .end();
  });
}

/** Reads events until there are as many as asked for, then goes away. */
async function read(response: IncomingMessage, count: number): Promise<{ events: ReceivedEvent[]; id: string }> {
  const resume: { lastEventId?: string } = {};
  const events: ReceivedEvent[] = [];
  const reader = readEventStream(response, resume);
  while (events.length < count) {
    const { value, done } = await reader.next();
    if (done) break;
    events.push(value);
  }
  // One more turn, so that the id of the last event is noted too.
  const rest = reader.next().catch(() => {});
  response.destroy();
  await rest;
  return { events, id: resume.lastEventId ?? "" };
}

test("events of every kind reach everybody who listens", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  const both = [await open(served.socketPath), await open(served.socketPath)];
  const sent: NodeEvent[] = [
    { type: "state", app: appStatus("lnd", { state: "starting" }) },
    { type: "history", entry: historyEntry() },
    engine("unavailable"),
  ];
  for (const event of sent) api.emit(event);
  for (const response of both) {
    const { events } = await read(response, 3);
    expect(events.map(({ name }) => name)).toEqual(["state", "history", "engine"]);
    expect(events.map(({ data }) => JSON.parse(data))).toEqual(sent);
  }
});

test("a client that comes back gets what it missed, once", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  const first = await open(served.socketPath);
  api.emit(engine("unavailable"));
  const { id } = await read(first, 1);
  api.emit(engine("available"));
  api.emit({ type: "state", app: appStatus("lnd") });
  const { events } = await read(await open(served.socketPath, { "last-event-id": id }), 2);
  expect(events.map(({ name }) => name)).toEqual(["engine", "state"]);
});

test("a client that left before its first event resumes from where it stood", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  const first = await open(served.socketPath);
  const opening = await first.take(1).toArray();
  first.destroy();
  const id = /^id: (.+)$/m.exec(String(opening[0]))?.[1] ?? "";
  api.emit(engine("available"));
  const { events } = await read(await open(served.socketPath, { "last-event-id": id }), 1);
  expect(events).toEqual([{ name: "engine", data: JSON.stringify(engine("available")) }]);
});

test.each([
  ["of another life of the daemon", "0000-1"],
  ["that makes no sense", "x; drop"],
  ["of the future", "later"],
])("an id %s gets a reset", async (what, id) => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  const now = await read(await openAfter(api, served.socketPath), 1);
  const asked = what === "of the future" ? now.id.replace(/\d+$/, "999") : id;
  const { events } = await read(await open(served.socketPath, { "last-event-id": asked }), 1);
  expect(events).toEqual([{ name: "reset", data: "{}" }]);
});

async function openAfter(api: ScriptedNodeApi, socketPath: string): Promise<IncomingMessage> {
  const response = await open(socketPath);
  api.emit(engine("available"));
  return response;
}

test("more missed events than are kept are a reset", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api, { replay: 3 });
  const { id } = await read(await openAfter(api, served.socketPath), 1);
  for (let n = 0; n < 4; n += 1) api.emit(engine("available"));
  const { events } = await read(await open(served.socketPath, { "last-event-id": id }), 1);
  expect(events[0]?.name).toBe("reset");
});

test("a silent stream is kept alive by comments", async () => {
  await using served = await servedNode(new ScriptedNodeApi(), { heartbeat: 5 });
  const response = await open(served.socketPath);
  let text = "";
  for await (const chunk of response) {
    text += chunk;
    if (text.includes(": still here")) break;
  }
  expect(response.headers["content-type"]).toBe("text/event-stream");
});

test("a client that does not read is dropped, the others are not", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api, { behind: 5 });
  const slow = await open(served.socketPath);
  const closed = new Promise((resolve) => slow.on("close", resolve));
  slow.pause();
  const quick = await open(served.socketPath);
  const reader = readEventStream(quick, {});
  const big: NodeEvent = { type: "state", app: appStatus("lnd", { reason: "x".repeat(200_000) }) };
  // More than the kernel and the streams between take, one at a time for the one who reads.
  for (let n = 0; n < 60; n += 1) {
    api.emit(big);
    expect((await reader.next()).value?.name).toBe("state");
  }
  slow.resume();
  await closed;
  expect(slow.complete).toBe(false);
  quick.destroy();
});
