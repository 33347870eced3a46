import type { Problem } from "./errors/problem.ts";

/** What the pure core returns where it can fail: a value, or every problem it found (never just the first). */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const failed = (...problems: readonly Problem[]): Result<never> => ({ ok: false, problems });

/** For the default branch of a switch over a union: adding a member then fails to compile here. */
export function assertNever(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`);
}
