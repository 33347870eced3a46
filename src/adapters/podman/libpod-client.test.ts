import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LibpodClient } from "./libpod-client.ts";

const code = (name: string): unknown => expect.objectContaining({ name: "ArcError", code: name });

describe("the client of a service on a socket", () => {
  const world: { folder: string; server: Server | null } = { folder: "", server: null };
  beforeEach(async () => {
    world.folder = await mkdtemp(join(tmpdir(), "client-"));
  });
  afterEach(async () => {
    world.server?.closeAllConnections();
    world.server?.close();
    world.server = null;
    await rm(world.folder, { recursive: true });
  });

  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<LibpodClient> => {
    const socket = join(world.folder, "socket");
    world.server = createServer(answer);
    await new Promise<void>((resolve) => world.server?.listen(socket, resolve));
    return new LibpodClient(() => socket);
  };

  it("asks under the base path, with query and JSON body", async () => {
    const said: string[] = [];
    using client = await serve((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => said.push(text));
      request.on("end", () => {
        said.push(request.url ?? "", request.headers["content-type"] ?? "");
        response.end('{"Id":"x"}');
      });
    });
    const call = {
      operation: "create",
      query: { a: true, b: ["1", "2"] },
      body: { env: "é" },
      deadline: 1_000,
    } as const;
    expect(await client.json("POST", "/containers/create", call)).toEqual({ Id: "x" });
    expect(said).toEqual(['{"env":"é"}', "/v4.0.0/libpod/containers/create?a=true&b=1&b=2", "application/json"]);
  });

  it("says unavailable where nobody listens", async () => {
    using client = new LibpodClient(() => join(world.folder, "none"));
    await expect(client.call("GET", "/_ping", { operation: "look", deadline: 1_000 })).rejects.toThrow(
      code("ARC_ENGINE_UNAVAILABLE"),
    );
  });

  it("says unavailable where the service dies in the middle of an answer", async () => {
    using client = await serve((_, response) => {
      response.write("[", () => response.destroy());
    });
    await expect(client.json("GET", "/containers/json", { operation: "look", deadline: 1_000 })).rejects.toThrow(
      code("ARC_ENGINE_UNAVAILABLE"),
    );
  });

  it("says timeout where the service says nothing within the deadline", async () => {
    using client = await serve(() => undefined);
    await expect(client.call("GET", "/info", { operation: "look", deadline: 20 })).rejects.toThrow(
      code("ARC_ENGINE_TIMEOUT"),
    );
  });

  it("says timeout where an answer begins and does not end within the deadline", async () => {
    using client = await serve((_, response) => void response.write("["));
    await expect(client.call("GET", "/info", { operation: "look", deadline: 50 })).rejects.toThrow(
      code("ARC_ENGINE_TIMEOUT"),
    );
  });

  it("ends with the reason of the caller's signal", async () => {
    using client = await serve(() => undefined);
    const stop = new AbortController();
    const reason = new Error("enough");
    const answer = client.call("GET", "/info", { operation: "look", deadline: 10_000, signal: stop.signal });
    stop.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  it("says refused where the answer is no JSON", async () => {
    using client = await serve((_, response) => response.end("<html>"));
    await expect(client.json("GET", "/info", { operation: "look", deadline: 1_000 })).rejects.toThrow(
      code("ARC_ENGINE_REFUSED"),
    );
  });

  it("hands over the engine's own words, and takes a status for success where it is told to", async () => {
    using client = await serve((_, response) => {
      response.writeHead(404).end('{"cause":"no such container","message":"no container x: no such container"}');
    });
    const call = { operation: "remove", deadline: 1_000 } as const;
    await expect(client.call("DELETE", "/containers/x", call)).rejects.toThrow("no container x: no such container");
    expect((await client.call("DELETE", "/containers/x", { ...call, accept: [404] })).status).toBe(404);
  });

  it("asks again on a new connection when a kept one was closed under a GET, and never for a POST", async () => {
    const count = { requests: 0 };
    using client = await serve((request, response) => {
      count.requests += 1;
      // The second request meets a connection that dies.
      if (count.requests === 2) request.socket.destroy();
      else response.end("OK");
    });
    const call = { operation: "look", deadline: 1_000 } as const;
    await client.call("GET", "/_ping", call);
    await client.call("GET", "/_ping", call);
    expect(count.requests).toBe(3);
    count.requests = 1;
    await expect(client.call("POST", "/containers/x/start", call)).rejects.toThrow(code("ARC_ENGINE_UNAVAILABLE"));
    expect(count.requests).toBe(2);
  });

  it("reports every answer, and remembers the version it names", async () => {
    const reports: string[] = [];
    using server = await serve((_, response) => {
      response.writeHead(204, { "Libpod-API-Version": "4.3.1" }).end();
    });
    void server;
    using client = new LibpodClient(() => join(world.folder, "socket"), {
      onRequest: (method, path, status, ms) => reports.push(`${method} ${path} ${status} ${ms >= 0}`),
    });
    await client.call("POST", "/containers/x/stop", { operation: "stop", query: { timeout: 1 }, deadline: 1_000 });
    expect(reports).toEqual(["POST /containers/x/stop 204 true"]);
    expect(client.version).toBe("4.3.1");
  });

  it("is never held up by calls that take long", async () => {
    const waiting: ServerResponse[] = [];
    using client = await serve((request, response) => {
      if (request.method === "POST") waiting.push(response);
      else response.end("OK");
    });
    const stops = Array.from({ length: 20 }, () =>
      client.call("POST", "/containers/x/stop", { operation: "stop", deadline: 10_000 }),
    );
    expect((await client.call("GET", "/_ping", { operation: "look", deadline: 5_000 })).text).toBe("OK");
    await expect.poll(() => waiting.length).toBe(20);
    for (const response of waiting) response.end();
    await Promise.all(stops);
  });
});
