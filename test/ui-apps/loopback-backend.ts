import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

/** A request as it reached the backend. */
export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface LoopbackBackend extends AsyncDisposable {
  readonly port: number;
  readonly seen: readonly SeenRequest[];
}

export interface BackendAnswer {
  readonly status?: number;
  readonly body?: string;
  readonly tls?: boolean;
}

/** A backend on 127.0.0.1 that notes what reaches it, asks for credentials, and always gives the same answer. */
export async function loopbackBackend({
  status = 200,
  body = "{}",
  tls = false,
}: BackendAnswer = {}): Promise<LoopbackBackend> {
  const seen: SeenRequest[] = [];
  const listener: RequestListener = (incoming, outgoing) => {
    void text(incoming).then((sent) => {
      seen.push({ method: incoming.method, url: incoming.url, headers: incoming.headers, body: sent });
      outgoing.writeHead(status, { "WWW-Authenticate": 'Basic realm="jsonrpc"' }).end(body);
    });
  };
  const server = tls ? createTlsServer(selfSignedCertificate(), listener) : createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: portOf(server.address()), seen, [Symbol.asyncDispose]: async () => void server.close() };
}

/** A port on loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const port = portOf(server.address());
  server.close();
  await once(server, "close");
  return port;
}

function portOf(address: string | { readonly port: number } | null): number {
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address.port;
}
