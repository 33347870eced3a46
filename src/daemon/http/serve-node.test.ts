import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectNode } from "../../rpc/client.ts";
import { rawRequest } from "../../testkit/raw-request.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { SeededRandom } from "../../testkit/seeded-random.ts";
import { servedNode, type TestNode } from "../../testkit/served-node.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { serveNode } from "./serve-node.ts";

const LISTEN = { listen: "127.0.0.1:0" };

const options = (home: string) => ({ home, listen: null, random: new SeededRandom(1), onError: () => {} });
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const tokenOf = ({ home }: TestNode): string => readFileSync(join(home, "run", "token"), "utf8").trim();

function portOf(served: TestNode): number {
  return Number(new URL(served.addresses[1] ?? "").port);
}

test("the socket is its owner's alone, in a directory of its owner's alone", async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "run"));
  chmodSync(join(folder.path, "run"), 0o755);
  await using served = await serveNode(new ScriptedNodeApi(), options(folder.path));
  expect(mode(join(folder.path, "run"))).toBe("700");
  expect(mode(join(folder.path, "run", "archipelago.sock"))).toBe("600");
  expect(served.addresses).toEqual([`unix:${join(folder.path, "run", "archipelago.sock")}`]);
});

test("the socket of a dead daemon is replaced", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "run", "archipelago.sock");
  mkdirSync(join(folder.path, "run"));
  const dying = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
  spawnSync(process.execPath, ["-e", dying]);
  expect(statSync(path).isSocket()).toBe(true);
  await using _served = await serveNode(new ScriptedNodeApi(), options(folder.path));
  expect((await connectNode({ socketPath: path }).status()).node.name).toBe("archy");
});

test("the socket of a live daemon is not stolen, and goes on answering", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  await expect(serveNode(new ScriptedNodeApi(), options(served.home))).rejects.toMatchObject({
    code: "ARC_DAEMON_RUNNING",
  });
  expect((await served.client.status()).node.name).toBe("archy");
});

test("a file in the socket's place is left alone", async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "run"));
  writeFileSync(join(folder.path, "run", "archipelago.sock"), "mine");
  await expect(serveNode(new ScriptedNodeApi(), options(folder.path))).rejects.toMatchObject({ code: "ARC_HOME" });
});

test("a home whose path is too long for a socket is ARC_HOME", async () => {
  using folder = temporaryFolder();
  const home = join(folder.path, "x".repeat(100));
  await expect(serveNode(new ScriptedNodeApi(), options(home))).rejects.toMatchObject({ code: "ARC_HOME" });
});

test("after the end nothing is left of the socket, and streams are over", async () => {
  using folder = temporaryFolder();
  const served = await serveNode(new ScriptedNodeApi(), options(folder.path));
  const socketPath = join(folder.path, "run", "archipelago.sock");
  const events = rawRequest({ socketPath, path: "/events" });
  await rawRequest({ socketPath, path: "/healthz" });
  await served[Symbol.asyncDispose]();
  expect((await events).text).toContain(": connected");
  expect(() => statSync(socketPath)).toThrow("ENOENT");
});

test.each(["0.0.0.0:7700", "192.0.2.7:7700", "[::]:7700", "example.org:7700", "7700", "127.0.0.1:99999", ""])(
  "%j is refused as an address to listen on, before anything is touched",
  async (listen) => {
    using folder = temporaryFolder();
    const home = join(folder.path, "home");
    await expect(serveNode(new ScriptedNodeApi(), { ...options(home), listen })).rejects.toMatchObject({
      code: "ARC_LISTEN",
    });
    expect(() => statSync(home)).toThrow("ENOENT");
  },
);

test("a port that is taken is ARC_LISTEN, and the socket is given back", async () => {
  using folder = temporaryFolder();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const address = holder.address();
  const listen = typeof address === "object" ? `127.0.0.1:${address?.port}` : "";
  await expect(serveNode(new ScriptedNodeApi(), { ...options(folder.path), listen })).rejects.toMatchObject({
    code: "ARC_LISTEN",
  });
  expect(() => statSync(join(folder.path, "run", "archipelago.sock"))).toThrow("ENOENT");
  await new Promise((resolve) => holder.close(resolve));
});

test("over TCP the token opens everything", async () => {
  await using served = await servedNode(new ScriptedNodeApi(), LISTEN);
  const client = connectNode({ url: served.addresses[1] ?? "", token: tokenOf(served) });
  expect((await client.status()).node.name).toBe("archy");
});

test("the token is 32 bytes of hex, its owner's alone, and stays the same", async () => {
  using folder = temporaryFolder();
  const tokens: string[] = [];
  for (const seed of [1, 2]) {
    const random = new SeededRandom(seed);
    await using _served = await serveNode(new ScriptedNodeApi(), { ...options(folder.path), ...LISTEN, random });
    tokens.push(readFileSync(join(folder.path, "run", "token"), "utf8").trim());
    expect(mode(join(folder.path, "run", "token"))).toBe("600");
  }
  expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(tokens[1]).toBe(tokens[0]);
});

test.each([
  ["no token", () => ({})],
  ["a wrong token", () => ({ authorization: `Bearer ${"0".repeat(64)}` })],
  ["a token that is cut short", (token: string) => ({ authorization: `Bearer ${token.slice(0, 63)}` })],
  ["the token under another scheme", (token: string) => ({ authorization: `Basic ${token}` })],
])("over TCP a request with %s is refused", async (_what, headers) => {
  await using served = await servedNode(new ScriptedNodeApi(), LISTEN);
  const port = portOf(served);
  const token = tokenOf(served);
  const rpc = await rawRequest({ port, method: "POST", path: "/rpc", headers: headers(token), body: "{}" });
  expect(rpc.status).toBe(401);
  expect(JSON.parse(rpc.text)).toMatchObject({ error: { code: -32044, data: { code: "ARC_UNAUTHORIZED" } } });
  expect(rpc.text).not.toContain(token);
  for (const path of ["/events", "/apps/lnd/logs", "/", "/healthz/.."]) {
    const answer = await rawRequest({ port, path, headers: headers(token) });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "ARC_UNAUTHORIZED" } });
  }
});

test("over TCP health needs no token", async () => {
  await using served = await servedNode(new ScriptedNodeApi(), LISTEN);
  const answer = await rawRequest({ port: portOf(served), path: "/healthz" });
  expect(answer).toMatchObject({ status: 200, text: '{"status":"ok"}' });
});

test.each([
  ["127.0.0.1:7700", 200],
  ["localhost", 200],
  ["[::1]:7700", 200],
  ["example.org", 403],
  ["127.0.0.1.example.org:7700", 403],
  ["192.0.2.7:7700", 403],
])("over TCP a request to host %s is answered with %i", async (host, status) => {
  await using served = await servedNode(new ScriptedNodeApi(), LISTEN);
  const headers = { host, authorization: `Bearer ${tokenOf(served)}`, "content-type": "application/json" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "node.facts" });
  const answer = await rawRequest({ port: portOf(served), method: "POST", path: "/rpc", headers, body });
  expect(answer.status).toBe(status);
});

test("what is not there is a 404 in the common shape", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  const answer = await rawRequest({ socketPath: served.socketPath, path: "/nothing" });
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "ARC_USAGE", problems: [] } });
});
