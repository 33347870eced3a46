import { Agent, type IncomingMessage, request, type RequestOptions } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ArcError } from "../../core/errors/arc-error.ts";
import { engineError, type Operation } from "./error-table.ts";
import { asRecord, asText } from "./json-read.ts";

const BASE = "/v4.0.0/libpod";

export interface ClientOptions {
  /** Called once for each answer: status 0 where there was none. `path` is without the base and the query. */
  readonly onRequest?: (method: string, path: string, status: number, ms: number) => void;
}

export interface Call {
  readonly operation: Operation;
  /** A list becomes the same key several times. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly body?: unknown;
  /** A body that goes as it is. */
  readonly raw?: Buffer;
  readonly signal?: AbortSignal | undefined;
  /** ms until the call gives up with ARC_ENGINE_TIMEOUT; Infinity: the caller's signal alone bounds it. */
  readonly deadline: number;
  /** Statuses besides 2xx that are no failure. */
  readonly accept?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * libpod's REST API on a unix socket. Throws ArcError: ARC_ENGINE_UNAVAILABLE where nobody answers, ARC_ENGINE_TIMEOUT
 * past the deadline, else what error-table says. A caller's own signal ends a call with that signal's reason.
 *
 * Idle connections are kept, a few; connections in use are not bounded, because a stop that waits out a grace of many
 * minutes must never stand in the way of a list.
 */
export class LibpodClient implements Disposable {
  readonly #socket: () => string;
  readonly #options: ClientOptions;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 4 });
  #version = "";

  constructor(socket: () => string, options: ClientOptions = {}) {
    this.#socket = socket;
    this.#options = options;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /** The engine's version as its last answer named it; empty before the first. */
  get version(): string {
    return this.#version;
  }

  async call(method: string, path: string, call: Call): Promise<Answer> {
    using limit = new Deadline(call.deadline, call.signal);
    try {
      const response = await this.#respond(method, path, call, limit.signal, call.raw ?? json(call.body));
      return { status: response.statusCode ?? 0, text: await readAll(response) };
    } catch (error) {
      throw limit.explain(error, `${method} ${path}`);
    }
  }

  async json(method: string, path: string, call: Call): Promise<unknown> {
    const { text } = await this.call(method, path, call);
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new ArcError("ARC_ENGINE_REFUSED", `${method} ${path} was answered with something that is no JSON`, {
        cause: error,
      });
    }
  }

  /**
   * The raw chunks of an answer that goes on for as long as the engine likes. With `upload`, the request's body is that
   * stream. Ends quietly when the answer ends; throws the signal's reason when the signal fires.
   */
  async *stream(
    method: string,
    path: string,
    call: Omit<Call, "deadline"> & { readonly upload?: Readable },
  ): AsyncGenerator<Buffer> {
    using limit = new Deadline(Number.POSITIVE_INFINITY, call.signal);
    try {
      const response = await this.#respond(method, path, call, limit.signal, call.upload ?? json(call.body));
      for await (const chunk of response) yield chunk as Buffer;
    } catch (error) {
      throw limit.explain(error, `${method} ${path}`);
    }
  }

  async #respond(
    method: string,
    path: string,
    call: Omit<Call, "deadline">,
    signal: AbortSignal,
    body: Buffer | Readable | null,
  ): Promise<IncomingMessage> {
    const began = performance.now();
    const report = (status: number): void => this.#options.onRequest?.(method, path, status, performance.now() - began);
    let response: IncomingMessage;
    try {
      response = await this.#send(method, path, call, signal, body);
    } catch (error) {
      report(0);
      throw error;
    }
    const status = response.statusCode ?? 0;
    const version = response.headers["libpod-api-version"];
    if (typeof version === "string") this.#version = version;
    report(status);
    if ((status >= 200 && status < 300) || call.accept?.includes(status)) return response;
    throw engineError(call.operation, status, errorText(await readAll(response)));
  }

  async #send(
    method: string,
    path: string,
    call: Omit<Call, "deadline">,
    signal: AbortSignal,
    body: Buffer | Readable | null,
  ): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const query = new URLSearchParams(
      Object.entries(call.query ?? {}).flatMap(([key, value]) =>
        [value].flat().map((each): [string, string] => [key, String(each)]),
      ),
    );
    const options: RequestOptions = {
      socketPath: this.#socket(),
      method,
      path: `${BASE}${path}${query.size > 0 ? `?${query.toString()}` : ""}`,
      agent: this.#agent,
      signal,
      headers: bodyHeaders(body),
    };
    try {
      return await exchange(options, body);
    } catch (error) {
      // A kept connection may die between two requests; asking again is safe for what changes nothing.
      if (method === "GET" && error instanceof StaleConnection) return exchange(options, body);
      throw error;
    }
  }
}

/** The engine closed a kept connection just as a request went out on it. */
class StaleConnection extends Error {}

function exchange(options: RequestOptions, body: Buffer | Readable | null): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, resolve);
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    if (body === null || Buffer.isBuffer(body)) outgoing.end(body ?? undefined);
    else pipeline(body, outgoing).catch(reject);
  });
}

function bodyHeaders(body: Buffer | Readable | null): Record<string, string> {
  if (body === null) return {};
  if (Buffer.isBuffer(body)) return { "content-type": "application/json", "content-length": String(body.length) };
  return { "content-type": "application/x-tar" };
}

const json = (body: unknown): Buffer | null => (body === undefined ? null : Buffer.from(JSON.stringify(body)));

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** `{"cause","message","response"}` -> the message, and the cause where the message lacks it. */
function errorText(text: string): string {
  try {
    const { message, cause } = asRecord(JSON.parse(text));
    const [said, why] = [asText(message), asText(cause)];
    return said.includes(why) ? said : `${said}: ${why}`;
  } catch {
    return text;
  }
}

/** The caller's signal and a time limit in one, and which of them it was. */
class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #caller: AbortSignal | undefined;
  readonly #ms: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #controller = new AbortController();

  constructor(ms: number, caller: AbortSignal | undefined) {
    this.#ms = ms;
    this.#caller = caller;
    if (Number.isFinite(ms)) this.#timer = setTimeout(() => this.#controller.abort(), ms);
    this.signal = caller ? AbortSignal.any([caller, this.#controller.signal]) : this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  explain(error: unknown, what: string): unknown {
    if (this.#caller?.aborted) return this.#caller.reason;
    if (this.#controller.signal.aborted) {
      return new ArcError("ARC_ENGINE_TIMEOUT", `${what} was not done within ${this.#ms / 1_000} s`, { cause: error });
    }
    if (error instanceof ArcError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new ArcError("ARC_ENGINE_UNAVAILABLE", `${what}: ${message}`, { cause: error });
  }
}
