import { createMiddleware } from "hono/factory";
import { ArcError } from "../../core/errors/arc-error.ts";
import { PATHS } from "../../rpc/streams.ts";
import { sameToken } from "./access-token.ts";
import { isLoopbackHost } from "./listen-address.ts";
import { refuse } from "./refusal.ts";

/**
 * What a request over TCP must show: a Host that names loopback (else a web page could reach us through a DNS name that
 * was bound to 127.0.0.1 after it loaded), and the token, the health answer excepted.
 */
export function tcpGuard(token: string) {
  return createMiddleware(async (c, next) => {
    if (!isLoopbackHost(c.req.header("host")))
      return refuse(c, 403, new ArcError("ARC_UNAUTHORIZED", "The Host header names no loopback address."));
    if (c.req.path === PATHS.health) return next();
    const sent = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (sent !== undefined && sameToken(sent, token)) return next();
    c.header("www-authenticate", "Bearer");
    return refuse(c, 401, new ArcError("ARC_UNAUTHORIZED", "The request carries no valid token."));
  });
}
