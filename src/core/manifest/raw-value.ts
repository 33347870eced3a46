import type { Path } from "./path.ts";

/** A map as YAML gave it, not checked yet. */
export type RawMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is RawMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value under a key; undefined where there is no map, or no such key. */
export function get(value: unknown, key: string): unknown {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The pairs of a map; none of anything else. */
export function pairs(value: unknown): readonly (readonly [string, unknown])[] {
  return isMap(value) ? Object.entries(value) : [];
}

/** The elements of a list with their indexes; none of anything else. */
export function items(value: unknown): readonly (readonly [number, unknown])[] {
  return Array.isArray(value) ? [...value.entries()] : [];
}

export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const segment of path) found = Array.isArray(found) ? found[Number(segment)] : get(found, String(segment));
  return found;
}
