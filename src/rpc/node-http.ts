import { request, type IncomingMessage, type RequestOptions } from "node:http";
import { ArcError } from "../core/errors/arc-error.ts";
import { fromRpcError, rpcErrorSchema } from "./rpc-error.ts";
import { httpErrorSchema } from "./streams.ts";
import * as z from "zod";

/** How a daemon is reached. */
export type NodeAddress =
  | { readonly socketPath: string }
  /** `http://127.0.0.1:7700`, with the token of `<home>/run/token`. */
  | { readonly url: string; readonly token: string };

export interface NodeRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * Sends one request and answers when its headers are there. ARC_DAEMON_UNREACHABLE where nobody listens; an error
 * status becomes the ArcError that its body tells of. The signal's own reason is thrown when it fires.
 */
export async function send(address: NodeAddress, wanted: NodeRequest): Promise<IncomingMessage> {
  const response = await open(address, wanted);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  throw errorOf(status, await readText(response, address));
}

/** The whole body as text. */
export async function readText(response: IncomingMessage, address: NodeAddress): Promise<string> {
  let text = "";
  for await (const chunk of chunksOf(response, address)) text += chunk;
  return text;
}

/** The body as it comes. A connection that breaks is ARC_DAEMON_UNREACHABLE. */
export async function* chunksOf(response: IncomingMessage, address: NodeAddress): AsyncGenerator<string> {
  response.setEncoding("utf8");
  try {
    for await (const chunk of response) yield String(chunk);
  } catch (error) {
    throw unreachable(address, error);
  }
}

function open(address: NodeAddress, wanted: NodeRequest): Promise<IncomingMessage> {
  const { method, path, body, signal } = wanted;
  const headers: Record<string, string> = { ...wanted.headers };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    headers["content-length"] = String(Buffer.byteLength(body));
  }
  // No pooled connections: a command line makes few requests and shall end when it is done.
  const options: RequestOptions = { method, path, headers, signal, agent: false };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing =
    "socketPath" in address
      ? request({ ...options, socketPath: address.socketPath, host: "localhost" }, resolve)
      : request(new URL(path, address.url), { ...options, headers: { ...headers, ...bearer(address.token) } }, resolve);
  outgoing.once("error", (error) => reject(signal.aborted ? signal.reason : unreachable(address, error)));
  outgoing.end(body);
  return promise;
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function unreachable(address: NodeAddress, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const place = "socketPath" in address ? address.socketPath : address.url;
  if (code === "EACCES" || code === "EPERM")
    return new ArcError("ARC_DAEMON_UNREACHABLE", `You may not connect to ${place}.`, {
      cause: error,
      hint: "Use the account that the daemon runs under, for example with sudo.",
    });
  const broken = code === "ECONNRESET" || code === "EPIPE";
  const words = broken ? `The daemon at ${place} went away.` : `No daemon answers at ${place}.`;
  return new ArcError("ARC_DAEMON_UNREACHABLE", words, { cause: error });
}

const errorBody = z.union([z.object({ error: rpcErrorSchema }), httpErrorSchema]);

function errorOf(status: number, body: string): ArcError {
  const parsed = errorBody.safeParse(parseJson(body));
  if (!parsed.success) return new ArcError("ARC_INTERNAL", `The daemon answered with HTTP ${status}.`);
  const { error } = parsed.data;
  if (typeof error.code === "number") return fromRpcError(error);
  return new ArcError(error.code, error.message, error);
}

/** undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
