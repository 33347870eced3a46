/**
 * Whether one version is older than another: runs of digits count as numbers, all else as text, so `0.9` is older than
 * `0.10`. A version that goes on where the other ends is younger, unless it goes on with a hyphen, as `1.0-rc1` does. Only
 * for what people are told and asked: which version is wanted, node.yml says.
 */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [partsOf(version), partsOf(than)];
  for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
    const [left, right] = [a[place], b[place]];
    if (left === right) continue;
    if (left === undefined) return !right?.startsWith("-");
    if (right === undefined) return left.startsWith("-");
    if (/^\d/.test(left) && /^\d/.test(right)) return BigInt(left) < BigInt(right);
    return left < right;
  }
  return false;
}

/** `1.10-rc2` -> 1 . 10 -rc 2; leading zeros and a leading v say nothing. */
function partsOf(version: string): readonly string[] {
  const parts = version.replace(/^v(?=\d)/, "").match(/\d+|\D+/g) ?? [];
  return parts.map((part) => part.replace(/^0+(?=\d)/, ""));
}
