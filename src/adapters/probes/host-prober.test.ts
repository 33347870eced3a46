import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { ProbeManifest } from "../../core/manifest/health-schema.ts";
import { HostProber, type RunHealthCommand } from "./host-prober.ts";

const never = new AbortController().signal;
const unused: RunHealthCommand = async () => {
  throw new Error("no command was asked for");
};
const prober = new HostProber(unused);
const TARGET = { name: "app.g1", address: "127.0.0.1" };
const TIMES = { interval: 1_000, timeout: 5_000, failures: 3 };

const http = (port: number, more: Partial<ProbeManifest> = {}): ProbeManifest => ({
  http: { port, path: "/health", status: 200 },
  ...TIMES,
  ...more,
});
const tcp = (port: number): ProbeManifest => ({ tcp: { port }, ...TIMES });
const command = (more: Partial<ProbeManifest> = {}): ProbeManifest => ({ command: ["check"], ...TIMES, ...more });

/** A server on loopback; disposing ends it with every connection that it still has. */
async function listening(server: Server) {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

const serve = (answer: RequestListener) => listening(createServer(answer));
const talk = (greet: (socket: Socket) => void) => listening(createTcpServer(greet));

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = await talk(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.port;
}

describe("an http probe", () => {
  test("asks for its path, on a connection of its own", async () => {
    const asked: unknown[] = [];
    await using server = await serve((request, response) => {
      asked.push([request.method, request.url, request.headers.connection]);
      response.end("fine");
    });
    expect(await prober.probe(TARGET, http(server.port), never)).toEqual({ outcome: "pass", detail: "HTTP 200" });
    expect(asked).toEqual([["GET", "/health", "close"]]);
  });

  test("fails on another status", async () => {
    await using server = await serve((_request, response) => response.writeHead(500).end());
    expect(await prober.probe(TARGET, http(server.port), never)).toEqual({ outcome: "fail", detail: "HTTP 500" });
  });

  test("does not follow a redirect, which passes where it is what is expected", async () => {
    const asked: unknown[] = [];
    await using server = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    const { port } = server;
    expect(await prober.probe(TARGET, http(port), never)).toEqual({ outcome: "fail", detail: "HTTP 302" });
    const expected = http(port, { http: { port, path: "/", status: 302 } });
    expect(await prober.probe(TARGET, expected, never)).toEqual({ outcome: "pass", detail: "HTTP 302" });
    expect(asked).toEqual(["/health", "/"]);
  });

  test("takes a 503 that tells its progress for loading", async () => {
    await using server = await serve((_request, response) =>
      response.writeHead(503).end('{"code":-28,"message":"Verifying blocks","progress":"37.5%"}'),
    );
    const loading = { status: 503, output: "Verifying|Loading", progress: '"progress":"([0-9.]+)%"' };
    expect(await prober.probe(TARGET, http(server.port, { loading }), never)).toEqual({
      outcome: "loading",
      detail: "HTTP 503",
      progress: 0.375,
    });
  });

  test("reads an endless body 64 kB far and hangs up", async () => {
    const closed: Promise<unknown>[] = [];
    await using server = await serve((_request, response) => {
      closed.push(once(response, "close"));
      response.write("syncing ");
      const more = (): void => {
        while (response.write("x".repeat(16_384)));
      };
      response.on("drain", more);
      more();
    });
    const answer = await prober.probe(TARGET, http(server.port, { loading: { output: "^syncing x" } }), never);
    expect(answer).toEqual({ outcome: "loading", detail: "HTTP 200" });
    await Promise.all(closed);
  });

  test("does not wait for a body that it has no use for", async () => {
    await using server = await serve((_request, response) => void response.writeHead(200).write("a beginning"));
    expect(await prober.probe(TARGET, http(server.port), never)).toEqual({ outcome: "pass", detail: "HTTP 200" });
    const byStatus = http(server.port, { loading: { status: 200 } });
    expect((await prober.probe(TARGET, byStatus, never)).outcome).toBe("loading");
  });

  test("fails when the body that it needs does not come in time", async () => {
    await using server = await serve((_request, response) => void response.writeHead(200).write("a beginning"));
    const needs = http(server.port, { timeout: 150, loading: { output: "an end" } });
    expect(await prober.probe(TARGET, needs, never)).toEqual({ outcome: "fail", detail: "no answer in 0.15 s" });
  });

  test("fails when the body that it needs breaks off", async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("a beginning", () => response.destroy());
    });
    expect(await prober.probe(TARGET, http(server.port, { loading: { output: "an end" } }), never)).toEqual({
      outcome: "fail",
      detail: "connection closed without a whole answer",
    });
  });

  test("fails when nothing is answered in time, and hangs up", async () => {
    const closed: Promise<unknown>[] = [];
    await using server = await serve((request) => void closed.push(once(request.socket, "close")));
    const answer = await prober.probe(TARGET, http(server.port, { timeout: 150 }), never);
    expect(answer).toEqual({ outcome: "fail", detail: "no answer in 0.15 s" });
    await Promise.all(closed);
  });

  test("fails when the connection is closed, or speaks something else", async () => {
    await using closing = await talk((socket) => socket.destroy());
    expect(await prober.probe(TARGET, http(closing.port), never)).toEqual({
      outcome: "fail",
      detail: "connection closed without a whole answer",
    });
    await using other = await talk((socket) => socket.end("SSH-2.0-x\r\n"));
    expect((await prober.probe(TARGET, http(other.port), never)).detail).toMatch(/^no HTTP answer: /);
  });

  test("fails for a path that can't be asked for", async () => {
    const probe = http(0, { http: { port: 80, path: "/a b", status: 200 } });
    expect(await prober.probe(TARGET, probe, never)).toMatchObject({ outcome: "fail" });
  });
});

describe("a tcp probe", () => {
  test("passes where a connection is accepted, and closes it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using server = await talk((socket) => socket.resume().once("close", () => resolve()));
    expect(await prober.probe(TARGET, tcp(server.port), never)).toEqual({
      outcome: "pass",
      detail: "connection accepted",
    });
    await promise;
  });
});

describe("a probe of either kind", () => {
  test.each([
    ["http", http],
    ["tcp", tcp],
  ])("by %s fails where nobody listens", async (_kind, make) => {
    const answer = await prober.probe(TARGET, make(await freePort()), never);
    expect(answer).toEqual({ outcome: "fail", detail: "connection refused" });
  });

  test.each([
    ["http", http],
    ["tcp", tcp],
  ])("by %s fails for a container without an address", async (_kind, make) => {
    const answer = await prober.probe({ ...TARGET, address: null }, make(80), never);
    expect(answer).toEqual({ outcome: "fail", detail: "the container has no address" });
  });

  test("that asks for nothing fails", async () => {
    expect((await prober.probe(TARGET, TIMES, never)).outcome).toBe("fail");
  });
});

describe("a command probe", () => {
  const saying = (exitCode: number, output: string) => new HostProber(async () => ({ exitCode, output }));

  test.each([
    ["exit code 0 passes", 0, "", { outcome: "pass", detail: "exit 0" }],
    ["what it says is told", 0, "synced\n", { outcome: "pass", detail: "exit 0: synced" }],
    ["another exit code fails", 1, "no\nconnection", { outcome: "fail", detail: "exit 1: no connection" }],
    ["an output that says so is loading", 0, "sync at 12 %", { outcome: "loading", progress: 0.12 }],
    ["also where it failed", 28, "sync at 0.5", { outcome: "loading", detail: "exit 28: sync at 0.5", progress: 0.5 }],
  ])("%s", async (_case, exitCode, output, expected) => {
    const probe = command({ loading: { output: "sync at", progress: "at ([0-9.]+)" } });
    expect(await saying(exitCode, output).probe(TARGET, probe, never)).toMatchObject(expected);
  });

  test("needs no address, and is run in the container of that name", async () => {
    const names: string[] = [];
    const recording = new HostProber(async (name) => {
      names.push(name);
      return { exitCode: 0, output: "" };
    });
    const answer = await recording.probe({ name: "app.g2", address: null }, command(), never);
    expect([answer.outcome, names]).toEqual(["pass", ["app.g2"]]);
  });

  test("fails with the words of an engine that throws", async () => {
    const throwing = new HostProber(async () => {
      throw new Error("container is not running");
    });
    expect(await throwing.probe(TARGET, command(), never)).toEqual({
      outcome: "fail",
      detail: "container is not running",
    });
  });

  test("fails in time where the engine heeds no signal", async () => {
    const deaf = new HostProber(() => new Promise(() => undefined));
    expect(await deaf.probe(TARGET, command({ timeout: 100 }), never)).toEqual({
      outcome: "fail",
      detail: "no answer in 0.1 s",
    });
  });

  test("is told through its signal that the time is up", async () => {
    const aborted = Promise.withResolvers<boolean>();
    const listener = new HostProber(
      (_name, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted.resolve(true);
            reject(new Error("aborted"));
          });
        }),
    );
    expect((await listener.probe(TARGET, command({ timeout: 100 }), never)).detail).toBe("no answer in 0.1 s");
    expect(await aborted.promise).toBe(true);
  });
});

test("a caller who gives up ends the attempt at once, before or during it", async () => {
  const caller = new AbortController();
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  await using server = await serve(() => resolve());
  const attempt = prober.probe(TARGET, http(server.port), caller.signal);
  await reached;
  caller.abort();
  expect(await attempt).toEqual({ outcome: "fail", detail: "given up" });
  expect((await prober.probe(TARGET, http(server.port), caller.signal)).detail).toBe("given up");
});
