/**
 * Reads of JSON whose shape another program decides. What is missing or of another type becomes the empty value: a later
 * engine may leave a field out, and a look must not fail for it.
 */
export type Json = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string => (typeof value === "string" ? value : "");

/** JSON can say numbers that are none here: `1e999` is read as infinity. */
export const asNumber = (value: unknown): number => (Number.isFinite(value) ? Number(value) : 0);

export const asTexts = (value: unknown): readonly string[] => asList(value).map(asText);

export const asTextRecord = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(asRecord(value)).map(([key, text]) => [key, asText(text)]));

/** ms: what a Date can hold. */
const LAST_MOMENT = 8.64e15;

/** ms since the epoch; the list knows whole seconds only. 0 for Go's zero time, for no time and for what is none. */
export function asTime(value: unknown): number {
  const ms = typeof value === "number" ? value * 1_000 : Date.parse(asText(value));
  return ms > 0 && ms <= LAST_MOMENT ? Math.floor(ms) : 0;
}
