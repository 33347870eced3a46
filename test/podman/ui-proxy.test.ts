import { once } from "node:events";
import { chownSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type RequestOptions, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../src/testkit/temporary-folder.ts";
import { resolveUiApp, type ResolvedUiApp, type UiApp, type UiAppOptions } from "../ui-apps/resolve-ui-app.ts";
import { selfSignedCertificate } from "../ui-apps/self-signed-certificate.ts";
import { podmanEngine } from "./podman-harness.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A backend on loopback that notes what reaches it and answers always the same. */
async function backend(status: number, answer: string, options: { readonly tls?: boolean } = {}) {
  const seen: Seen[] = [];
  const listener = async (incoming: IncomingMessage, outgoing: import("node:http").ServerResponse) => {
    const body = await text(incoming);
    seen.push({ method: incoming.method, url: incoming.url, headers: incoming.headers, body });
    outgoing.writeHead(status, { "WWW-Authenticate": 'Basic realm="jsonrpc"' }).end(answer);
  };
  const handle = (incoming: IncomingMessage, outgoing: import("node:http").ServerResponse) =>
    void listener(incoming, outgoing);
  const server: Server = options.tls ? createTlsServer(selfSignedCertificate(), handle) : createServer(handle);
  await once(server.listen(0, "127.0.0.1"), "listening");
  cleanups.push(() => server.close());
  return { seen, port: (server.address() as AddressInfo).port };
}
