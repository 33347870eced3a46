import { demand } from "./target.ts";

/**
 * What a decoder gives is plain data: finite numbers, no function or inherited thing that a name such as `constructor`
 * has fetched, nothing that came from a prototype, and about as much as came in.
 */
export function checkPlain(value: unknown, where = ""): void {
  switch (typeof value) {
    case "number":
      return demand(Number.isFinite(value), `${where} is ${value}`);
    case "function":
    case "symbol":
    case "bigint":
    case "undefined":
      return demand(false, `${where} is a ${typeof value}`);
    case "object": {
      if (value === null) return;
      const prototype: unknown = Object.getPrototypeOf(value);
      const expected = Array.isArray(value) ? Array.prototype : Object.prototype;
      demand(prototype === expected && value !== Object.prototype, `${where} is no plain value`);
      for (const [key, child] of Object.entries(value)) checkPlain(child, `${where}.${key.slice(0, 40)}`);
      return;
    }
    default:
      return;
  }
}

/** null where the bytes are no JSON: then no decoder gets to see them. */
export function readJson(input: Buffer): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(input.toString("utf8")) };
  } catch {
    return null;
  }
}
