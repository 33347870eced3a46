import { InvalidArgumentError } from "commander";
import { parseDuration } from "../core/manifest/units.ts";

/** A whole number from `low` to `high`. */
export function count(low: number, high: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`);
  };
}

/** `15m30s` -> ms. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError("It must be a length of time such as 90s, 15m or 1h30m.");
}

export function logLevel(text: string): string {
  if (["trace", "debug", "info", "warn", "error", "fatal", "silent"].includes(text)) return text;
  throw new InvalidArgumentError("It must be trace, debug, info, warn, error, fatal or silent.");
}

export function schemaName(text: string): "manifest" | "node" {
  if (text === "manifest" || text === "node") return text;
  throw new InvalidArgumentError("It must be manifest or node.");
}
