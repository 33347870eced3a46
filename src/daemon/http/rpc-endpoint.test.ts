import { expect, test } from "vitest";
import { ArcError } from "../../core/errors/arc-error.ts";
import { rawRequest } from "../../testkit/raw-request.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { servedNode, type TestNode } from "../../testkit/served-node.ts";
import { appStatus } from "../../testkit/views.ts";

const JSON_TYPE = { "content-type": "application/json" };

function post({ socketPath }: TestNode, body: string, headers: Record<string, string> = JSON_TYPE) {
  return rawRequest({ socketPath, method: "POST", path: "/rpc", headers, body });
}

const rpc = (method: string, params?: unknown, id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params });

test("a request is answered under its id", async () => {
  await using served = await servedNode(new ScriptedNodeApi(appStatus("lnd")));
  const answer = await post(served, JSON.stringify(rpc("node.status", undefined, "a")));
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: "2.0", id: "a", result: { apps: [{ id: "lnd" }] } });
});

test("a batch is answered in order, without its notifications", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  await using served = await servedNode(api);
  const notification = { jsonrpc: "2.0", method: "app.stop", params: { apps: ["lnd"] } };
  const answer = await post(served, JSON.stringify([rpc("node.facts", {}, 1), notification, 7, rpc("no.such", {}, 2)]));
  expect(JSON.parse(answer.text)).toMatchObject([
    { id: 1, result: { facts: { host_name: "archy" } } },
    { id: null, error: { code: -32600 } },
    { id: 2, error: { code: -32601 } },
  ]);
  expect(api.edits).toEqual([{ kind: "stop", apps: ["lnd"] }]);
});

test("notifications alone are answered with nothing", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  const answer = await post(served, JSON.stringify({ jsonrpc: "2.0", method: "no.such" }));
  expect(answer).toMatchObject({ status: 204, text: "" });
});

test.each([
  ["no JSON", "{", -32700, null],
  ["an empty batch", "[]", -32600, null],
  ["a batch of more than a hundred", JSON.stringify(Array(101).fill(rpc("node.status"))), -32600, null],
  ["a request of another version", '{"jsonrpc":"1.0","method":"node.status","id":4}', -32600, 4],
  ["a method that is no text", '{"jsonrpc":"2.0","method":4,"id":4}', -32600, 4],
  ["an id that is an object", '{"jsonrpc":"2.0","method":"node.status","id":{}}', -32600, null],
  ["a method nobody knows", JSON.stringify(rpc("node.explode")), -32601, 1],
  ["a method of every object", JSON.stringify(rpc("toString")), -32601, 1],
  ["parameters that miss one", JSON.stringify(rpc("app.explain", {})), -32602, 1],
  ["parameters by position", JSON.stringify(rpc("app.explain", ["lnd"])), -32602, 1],
  ["a parameter nobody knows", JSON.stringify(rpc("node.status", { verbose: true })), -32602, 1],
])("%s is refused by JSON-RPC's own code", async (_what, body, code, id) => {
  await using served = await servedNode(new ScriptedNodeApi());
  const answer = await post(served, body);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({
    jsonrpc: "2.0",
    id,
    error: { code, data: { code: "ARC_USAGE", hint: expect.any(String) } },
  });
});

test("wrong parameters are each named by their path", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  const answer = await post(served, JSON.stringify(rpc("history.list", { limit: 0, since: "yesterday" })));
  const { problems } = JSON.parse(answer.text).error.data;
  expect(problems.map(({ path }: { path: string }) => path).toSorted()).toEqual(["limit", "since"]);
});

test("an error of ours arrives with number, code, hint and problems", async () => {
  const api = new ScriptedNodeApi();
  const problem = {
    code: "ARC_NODE_INVALID",
    message: "no such key",
    at: { file: "node.yml", line: 2, column: 3 },
  } as const;
  api.failure = ArcError.fromProblems([problem]);
  await using served = await servedNode(api);
  const answer = await post(served, JSON.stringify(rpc("plan.get")));
  expect(JSON.parse(answer.text).error).toEqual({
    code: -32012,
    message: "node.yml:2:3: no such key",
    data: { code: "ARC_NODE_INVALID", hint: expect.stringContaining("Mend"), problems: [problem] },
  });
});

test("the text of an unexpected error stays in the daemon", async () => {
  const api = new ScriptedNodeApi();
  api.failure = new Error("the password is hunter2");
  await using served = await servedNode(api);
  const answer = await post(served, JSON.stringify(rpc("node.status")));
  expect(JSON.parse(answer.text).error).toMatchObject({ code: -32603, data: { code: "ARC_INTERNAL" } });
  expect(answer.text).not.toContain("hunter2");
  expect(served.errors).toEqual([api.failure]);
});

test("a call that takes too long is ARC_TIMEOUT, and so is the rest of its batch", async () => {
  const api = new ScriptedNodeApi();
  api.status = () => new Promise(() => {});
  await using served = await servedNode(api, { timeLimit: 20 });
  const answer = await post(served, JSON.stringify([rpc("node.status", {}, 1), rpc("node.facts", {}, 2)]));
  expect(JSON.parse(answer.text)).toMatchObject([
    { id: 1, error: { data: { code: "ARC_TIMEOUT" } } },
    { id: 2, error: { data: { code: "ARC_TIMEOUT" } } },
  ]);
});

test.each([{ "content-length": String(1024 * 1024 + 1) }, { "transfer-encoding": "chunked" }])(
  "a body of more than 1 MB is refused: %j",
  async (headers) => {
    await using served = await servedNode(new ScriptedNodeApi());
    const answer = await post(served, " ".repeat(1024 * 1024 + 1), { ...JSON_TYPE, ...headers });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: "2.0", error: { code: -32600 } });
  },
);

test("a body that is just below 1 MB is read", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  const answer = await post(served, JSON.stringify(rpc("node.facts")).padEnd(1024 * 1024), {
    ...JSON_TYPE,
    "transfer-encoding": "chunked",
  });
  expect(JSON.parse(answer.text)).toHaveProperty("result.facts");
});

test("another content type is refused, as a form of a foreign page would be", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  const answer = await post(served, JSON.stringify(rpc("node.status")), { "content-type": "text/plain" });
  expect(answer.status).toBe(415);
});
