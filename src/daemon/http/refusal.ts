import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ArcError } from "../../core/errors/arc-error.ts";
import { RPC, toRpcError } from "../../rpc/rpc-error.ts";
import { PATHS } from "../../rpc/streams.ts";

/** A refused request. What comes back from /rpc is always JSON-RPC, also when it never came as far as a method. */
export function refuse(c: Context, status: ContentfulStatusCode, error: ArcError): Response {
  if (c.req.path === PATHS.rpc) {
    const number = error.code === "ARC_USAGE" ? RPC.invalidRequest : undefined;
    return c.json({ jsonrpc: "2.0", id: null, error: toRpcError(error, number) }, status);
  }
  return c.json(httpError(error), status);
}

/** The shape of an error outside JSON-RPC. */
export function httpError({ code, message, hint, problems }: ArcError) {
  return { error: { code, message, hint, problems } };
}
