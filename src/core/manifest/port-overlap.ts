const ANY_IPV4 = "0.0.0.0";
const ANY_IPV6 = "::";

/**
 * Whether two listeners on the same port would meet. `0.0.0.0` is every IPv4 address; `::` is every address, for Linux
 * lets it take IPv4 too unless told otherwise.
 */
export function bindsOverlap(a: string, b: string): boolean {
  if (a === b || a === ANY_IPV6 || b === ANY_IPV6) return true;
  return (a === ANY_IPV4 && !b.includes(":")) || (b === ANY_IPV4 && !a.includes(":"));
}
