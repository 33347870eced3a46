import type { HttpBindings } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ReadableStream } from "node:stream/web";
import { ArcError } from "../../core/errors/arc-error.ts";
import { dispatch } from "../../rpc/dispatch.ts";
import type { Actor, NodeApi } from "../../rpc/node-api.ts";
import { presentable } from "../../rpc/rpc-error.ts";
import { logsQuery, PATHS } from "../../rpc/streams.ts";
import type { EventHub } from "./event-hub.ts";
import { eventText } from "./event-text.ts";
import { logText } from "./log-stream.ts";
import { refuse } from "./refusal.ts";

const MAX_BODY_BYTES = 1024 * 1024;

export interface NodeAppOptions {
  /** Who comes through this door. */
  readonly actor: Actor;
  /** What a request must pass first; empty on the unix socket, whose mode is the guard. */
  readonly guards: readonly MiddlewareHandler[];
  /** Milliseconds for one JSON-RPC body. */
  readonly timeLimit: number;
  /** Milliseconds of silence after which an event stream gets a comment. */
  readonly heartbeat: number;
  /** Fires when the server shuts down; streams end then. */
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** The HTTP face of a node: JSON-RPC, events, logs, health. */
export function nodeApp(api: NodeApi, hub: EventHub, options: NodeAppOptions) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const guard of options.guards) app.use(guard);

  app.get(PATHS.health, (c) => c.json({ status: "ok" }));

  app.post(
    PATHS.rpc,
    async (c, next) => {
      // A form or a bare text is what a foreign web page can send without asking.
      if (/^application\/json\b/i.test(c.req.header("content-type") ?? "")) return next();
      return refuse(c, 415, new ArcError("ARC_USAGE", "The content type must be application/json."));
    },
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => refuse(c, 413, new ArcError("ARC_USAGE", `The body is larger than ${MAX_BODY_BYTES} bytes.`)),
    }),
    async (c) => {
      const answer = await dispatch(api, await c.req.text(), options);
      return answer === null ? c.body(null, 204) : c.json(answer);
    },
  );

  app.get(PATHS.events, (c) => {
    // A client that is too slow does not read its stream's end either: the connection goes.
    const subscription = hub.subscribe(c.req.header("last-event-id"), () => c.env.outgoing.destroy());
    const leave = (): void => subscription[Symbol.dispose]();
    AbortSignal.any([c.req.raw.signal, options.closing]).addEventListener("abort", leave, { once: true });
    c.header("content-type", "text/event-stream");
    c.header("cache-control", "no-store");
    return c.body(ReadableStream.from(eventText(subscription, options.heartbeat)));
  });

  app.get("/apps/:app/logs", async (c) => {
    const query = logsQuery.safeParse(c.req.query());
    if (!query.success) {
      const words = query.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
      return refuse(c, 400, new ArcError("ARC_USAGE", words));
    }
    const { container = null, follow, tail } = query.data;
    const signal = AbortSignal.any([c.req.raw.signal, options.closing]);
    const entries = api.logs(c.req.param("app"), container, { follow, tail }, signal)[Symbol.asyncIterator]();
    const first = await entries.next();
    c.header("content-type", "application/x-ndjson");
    c.header("cache-control", "no-store");
    return c.body(ReadableStream.from(logText(first, entries, signal, options.onError)));
  });

  app.notFound((c) => refuse(c, 404, new ArcError("ARC_USAGE", `There is nothing at ${c.req.method} ${c.req.path}.`)));

  app.onError((error, c) => {
    const shown = presentable(error);
    if (shown.code === "ARC_INTERNAL" && !c.req.raw.signal.aborted) options.onError(error);
    const status = shown.code === "ARC_APP_UNKNOWN" ? 404 : shown.code === "ARC_INTERNAL" ? 500 : 503;
    return refuse(c, status, shown);
  });

  return app;
}
