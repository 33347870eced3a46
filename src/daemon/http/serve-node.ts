import { createAdaptorServer } from "@hono/node-server";
import { chmod, mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { MiddlewareHandler } from "hono";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Random } from "../../ports/random.ts";
import type { Actor, NodeApi } from "../../rpc/node-api.ts";
import { socketPathOf } from "../../rpc/socket-path.ts";
import { accessToken } from "./access-token.ts";
import { EventHub } from "./event-hub.ts";
import { parseListenAddress } from "./listen-address.ts";
import { nodeApp, type NodeAppOptions } from "./node-app.ts";
import { tcpGuard } from "./tcp-guard.ts";
import { listenUnix } from "./unix-listener.ts";

export interface ServeOptions {
  /** The socket is `<home>/run/archipelago.sock`, the token `<home>/run/token`. */
  readonly home: string;
  /** A loopback TCP address to serve besides, such as `127.0.0.1:7700`; null: none. */
  readonly listen: string | null;
  readonly random: Random;
  /** Told of errors that a client sees only as "something unexpected went wrong". */
  readonly onError: (error: unknown) => void;
  /** Milliseconds for one JSON-RPC body; default 60,000. */
  readonly timeLimit?: number;
  /** Milliseconds of silence on an event stream before a comment is sent; default 15,000. */
  readonly heartbeat?: number;
  /** How many events a client can catch up with; default 1,000. */
  readonly replay?: number;
  /** How many events a client may be behind before it is dropped; default 1,000. */
  readonly behind?: number;
}

export interface ServedNode extends AsyncDisposable {
  /** `unix:<path>`, then `http://<host>:<port>` where there is one. */
  readonly addresses: readonly string[];
}

/** Milliseconds that requests at work get to finish when the server is given back. */
const CLOSING_GRACE = 2_000;

/**
 * Serves a node on its unix socket, and on loopback TCP where asked. ARC_DAEMON_RUNNING where a live daemon holds the
 * socket, ARC_LISTEN where the address is not loopback or not free, ARC_HOME where the run directory can't be used.
 */
export async function serveNode(api: NodeApi, options: ServeOptions): Promise<ServedNode> {
  const { home, onError, random, timeLimit = 60_000, heartbeat = 15_000, replay = 1_000, behind = 1_000 } = options;
  // Refused before anything is touched.
  const address = options.listen === null ? null : parseListenAddress(options.listen);
  const runDir = await privateDir(join(home, "run"));

  await using undo = new AsyncDisposableStack();
  const closing = new AbortController();
  const life = Buffer.from(random.bytes(6)).toString("hex");
  const hub = undo.use(new EventHub(api, { life, replay, behind, onError }));
  const server = (actor: Actor, guards: readonly MiddlewareHandler[]): Server => {
    const made = httpServer(api, hub, { actor, guards, timeLimit, heartbeat, closing: closing.signal, onError });
    return undo.adopt(made, closeServer);
  };

  undo.use(await listenUnix(server("cli", []), socketPathOf(home)));
  const addresses = [`unix:${socketPathOf(home)}`];
  if (address) {
    const guard = tcpGuard(await accessToken(runDir, random));
    addresses.push(await listenTcp(server("dashboard", [guard]), address));
  }
  undo.defer(() => closing.abort());

  const served = undo.move();
  return { addresses, [Symbol.asyncDispose]: () => served.disposeAsync() };
}

function httpServer(api: NodeApi, hub: EventHub, options: NodeAppOptions): Server {
  const server = createAdaptorServer({ fetch: nodeApp(api, hub, options).fetch, createServer });
  if (!("closeAllConnections" in server)) throw new TypeError("expected a server of HTTP/1.1");
  // Without a listener an accept that fails (too many open files) would end the daemon.
  server.on("error", options.onError);
  return server;
}

async function privateDir(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
    return path;
  } catch (error) {
    throw new ArcError("ARC_HOME", `${path} can't be made or kept private.`, { cause: error });
  }
}

function listenTcp(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ArcError("ARC_LISTEN", `${host}:${port} can't be listened on (${error.code}).`, { cause: error }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      const actual = typeof bound === "object" && bound ? bound.port : port;
      resolve(`http://${host.includes(":") ? `[${host}]` : host}:${actual}`);
    });
  });
}

/** Lets requests at work finish for a moment, then cuts them. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}
