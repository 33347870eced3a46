import type { ErrorCode } from "./codes.ts";

/**
 * `permanent`: fetching the same image again gives the same, until a person changes something. `passing`: it may go
 * well the next time.
 */
export type FetchTrouble = "permanent" | "passing";

const PERMANENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ARC_IMAGE_NOT_FOUND",
  "ARC_IMAGE_DENIED",
  "ARC_IMAGE_DIGEST",
  "ARC_IMAGE_BUILD",
]);

/**
 * What kind of trouble a pull or a build that failed with this code is in. What nobody knows counts as passing: giving
 * up for good on what a moment later would have gone well costs more than a try in vain. TLS too: a clock that is not
 * set yet, as at a boot, makes every certificate invalid.
 */
export function fetchTrouble(code: ErrorCode): FetchTrouble {
  return PERMANENT.has(code) ? "permanent" : "passing";
}
