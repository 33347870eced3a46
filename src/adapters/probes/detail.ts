import { stripVTControlCharacters } from "node:util";
import { errnoOf } from "../files/errno.ts";

/** Characters. */
const LONGEST = 300;

/**
 * What came from a container as one short line: colours, control characters and marks that turn the direction of writing
 * taken out, at most 300 characters.
 */
export function shortDetail(text: string): string {
  // Cut first, generously: an output may be long, and all but its beginning is dropped anyway.
  const line = stripVTControlCharacters(text.slice(0, LONGEST * 8))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= LONGEST
    ? line
    : `${line
        .slice(0, LONGEST - 3)
        .toWellFormed()
        .trimEnd()}...`;
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed without a whole answer",
  EPIPE: "connection closed without a whole answer",
  EHOSTUNREACH: "no route to the container",
  ENETUNREACH: "no route to the container",
  ETIMEDOUT: "connection timed out",
};

/** Why an attempt failed, in plain words. */
export function failureDetail(error: unknown): string {
  const errno = errnoOf(error);
  const words = errno === null ? undefined : WORDS[errno];
  if (words !== undefined) return words;
  const message = error instanceof Error ? error.message : String(error);
  return shortDetail(errno?.startsWith("HPE_") ? `no HTTP answer: ${message}` : message) || "failed";
}
