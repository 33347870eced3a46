/** A default route: where packets go that no other route wants. */
export interface DefaultRoute {
  readonly device: string;
  /** Lower wins. */
  readonly metric: number;
}

const UP = 0x1;
const REJECT = 0x200;

/** The IPv4 default routes of /proc/net/route, best first. Columns: Iface Destination Gateway Flags .. .. Metric Mask. */
export function defaultRoutes4(text: string): readonly DefaultRoute[] {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return rank(
    rows.flatMap(([device, destination, , flags, , , metric, mask]) => {
      if (device === undefined || flags === undefined || metric === undefined) return [];
      if (destination !== "00000000" || mask !== "00000000" || !isUsable(flags)) return [];
      return [{ device, metric: Number(metric) }];
    }),
  );
}

/** The same of /proc/net/ipv6_route, all hex: destination, its length, source, its length, gateway, metric, .., .., flags, device. */
export function defaultRoutes6(text: string): readonly DefaultRoute[] {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return rank(
    rows.flatMap(([destination, length, , , , metric, , , flags, device]) => {
      if (device === undefined || flags === undefined || metric === undefined) return [];
      if (!/^0{32}$/.test(destination ?? "") || length !== "00" || !isUsable(flags)) return [];
      return [{ device, metric: Number.parseInt(metric, 16) }];
    }),
  );
}

function isUsable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & UP) !== 0 && (bits & REJECT) === 0;
}

/** Stable: of equal metrics the kernel's first wins. */
function rank(routes: readonly DefaultRoute[]): readonly DefaultRoute[] {
  return routes.toSorted((left, right) => left.metric - right.metric);
}
