import { runInThisContext } from "node:vm";
import * as z from "zod";
import { errnoOf } from "../files/errno.ts";

/** A sane pattern needs microseconds for 64 kB. */
const LIMIT_MS = 100;

const matchSchema = z.object({ group: z.string().nullable(), end: z.number().nullable() });

/** What the first group caught, and where in the text it ends; both null where it took no part. */
export type Match = z.output<typeof matchSchema>;

/**
 * The first match of a packager's pattern on what a container said; null where there is none. Throws for a pattern that
 * is no regular expression, and for one that takes more than 100 ms: `(a+)+$` on 27 letters takes 8 s, in which the one
 * thread of the daemon would do nothing else. Only code run by `vm` can be stopped in the middle of a match.
 */
export function matchWithin(pattern: string, text: string): Match | null {
  return isTame(pattern, text) ? matchDirectly(pattern, text) : matchWatched(pattern, text);
}

/**
 * With one repetition at most, and no repeated group, a match takes at most the square of the text's length in steps.
 * Nearly all patterns are so; the watched way costs them a thread, 1 ms a probe.
 */
function isTame(pattern: string, text: string): boolean {
  const repetitions = pattern.match(/[*+{]/g)?.length ?? 0;
  return text.length <= 4_096 && repetitions <= 1 && !/\)[*+?{]/.test(pattern);
}

function matchDirectly(pattern: string, text: string): Match | null {
  const match = new RegExp(pattern, "d").exec(text);
  return match && { group: match[1] ?? null, end: match.indices?.[1]?.[1] ?? null };
}

function matchWatched(pattern: string, text: string): Match | null {
  // JSON is a part of the language, so that nothing in the two strings can become code.
  const script = `{
    const match = new RegExp(${JSON.stringify(pattern)}, "d").exec(${JSON.stringify(text)});
    JSON.stringify(match && { group: match[1] ?? null, end: match.indices[1]?.[1] ?? null });
  }`;
  try {
    return matchSchema.nullable().parse(JSON.parse(z.string().parse(runInThisContext(script, { timeout: LIMIT_MS }))));
  } catch (error) {
    if (errnoOf(error) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new Error(`the pattern ${pattern} takes too long`, { cause: error });
  }
}
