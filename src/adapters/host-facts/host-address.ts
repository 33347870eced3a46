import type { NetworkInterfaceInfo } from "node:os";
import { defaultRoutes4, defaultRoutes6 } from "./route-table.ts";

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** What the address is told from, each read only where it is needed: every container adds to all three. */
export interface AddressSources {
  readonly routes4: () => string;
  readonly routes6: () => string;
  readonly interfaces: () => Interfaces;
}

/**
 * The address by which others reach this host: the first IPv4 address of the default route's interface, the lowest
 * metric first; where there is no such, a global IPv6 address by the same rule; else empty.
 */
export function hostAddress({ routes4, routes6, interfaces }: AddressSources): string {
  const defaults4 = defaultRoutes4(routes4());
  const known = defaults4.length > 0 ? interfaces() : null;
  for (const { device } of defaults4) {
    const found = known?.[device]?.find((info) => info.family === "IPv4" && !info.internal);
    if (found) return found.address;
  }
  const defaults6 = defaultRoutes6(routes6());
  const all = defaults6.length > 0 ? (known ?? interfaces()) : null;
  for (const { device } of defaults6) {
    const found = all?.[device]?.find((info) => info.family === "IPv6" && isGlobal(info));
    if (found) return found.address;
  }
  return "";
}

/** fe80::/10 needs a scope and so is no address to put into a configuration. */
function isGlobal(info: NetworkInterfaceInfo): boolean {
  return !info.internal && !/^fe[89ab]/i.test(info.address);
}
