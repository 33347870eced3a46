import { BlockList, isIPv6 } from "node:net";
import { ArcError } from "../../core/errors/arc-error.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * `127.0.0.1:7700`, `[::1]:7700`, `localhost:7700`; port 0 takes any free one. Everything that is not loopback is
 * refused with ARC_LISTEN: the API is not made to stand on a network.
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const named = match?.[1] ?? match?.[2];
  if (named === undefined || port > 65_535)
    throw new ArcError("ARC_LISTEN", `${JSON.stringify(text)} is no address with a port.`);
  // The name is not looked up: a resolver could lead it elsewhere.
  const host = named === "localhost" ? "127.0.0.1" : named;
  if (!isLoopback(host)) throw new ArcError("ARC_LISTEN", `${host} is not a loopback address.`);
  return { host, port };
}

/** Whether a Host header names this machine's loopback, so that a rebound DNS name can't reach us from a browser. */
export function isLoopbackHost(header: string | undefined): boolean {
  const name = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/.exec(header ?? "");
  const host = name?.[1] ?? name?.[2];
  return host !== undefined && (host.toLowerCase() === "localhost" || isLoopback(host));
}

function isLoopback(address: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8, "ipv4");
  loopback.addAddress("::1", "ipv6");
  // An address that is none (a host name) is in no list.
  return loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
