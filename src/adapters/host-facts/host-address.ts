import type { NetworkInterfaceInfo } from "node:os";
import { defaultRoutes4, defaultRoutes6 } from "./route-table.ts";

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * The address by which others reach this host: the first IPv4 address of the default route's interface, the lowest
 * metric first; where there is no such, a global IPv6 address by the same rule; else empty.
 */
export function hostAddress(routes4: string, routes6: string, interfaces: Interfaces): string {
  for (const { device } of defaultRoutes4(routes4)) {
    const found = interfaces[device]?.find((info) => info.family === "IPv4" && !info.internal);
    if (found) return found.address;
  }
  for (const { device } of defaultRoutes6(routes6)) {
    const found = interfaces[device]?.find((info) => info.family === "IPv6" && isGlobal(info));
    if (found) return found.address;
  }
  return "";
}

/** fe80::/10 needs a scope and so is no address to put into a configuration. */
function isGlobal(info: NetworkInterfaceInfo): boolean {
  return !info.internal && !/^fe[89ab]/i.test(info.address);
}
