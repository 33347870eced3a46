import type { Loading } from "../../core/manifest/health-schema.ts";
import { matchWithin } from "./bounded-match.ts";

/** What a container said. */
export interface ProbeAnswer {
  /** The HTTP status; null where it was asked otherwise. */
  readonly status: number | null;
  /** The body, or the command's output. */
  readonly text: string;
  /** Whether the answer passes, loading aside. */
  readonly passes: boolean;
}

/** Whether what is said of `loading` can only be decided with the answer's text. */
export function readsText(loading: Loading | undefined): boolean {
  return loading?.output !== undefined || loading?.progress !== undefined;
}

/**
 * How the answer says "working, not ready yet", if it does; null where it does not. Status and output must both match
 * where both are given, and then count even for an answer that would pass: a node that syncs answers 200 all along.
 * A progress pattern alone is a weaker word: it speaks only for an answer that does not pass.
 */
export function readLoading(loading: Loading | undefined, answer: ProbeAnswer): { readonly progress?: number } | null {
  if (!loading) return null;
  const { status, output, progress: pattern } = loading;
  const progress = pattern === undefined ? null : readProgress(pattern, answer.text);
  if (status === undefined && output === undefined) {
    if (answer.passes || progress === null) return null;
  } else {
    if (status !== undefined && status !== answer.status) return null;
    if (output !== undefined && matchWithin(output, answer.text) === null) return null;
  }
  return progress === null ? {} : { progress };
}

/**
 * The figure in the pattern's first group as 0 to 1; null where there is none. It is a percentage where a % ends it or
 * follows it, or where it is greater than 1.
 */
export function readProgress(pattern: string, text: string): number | null {
  const match = matchWithin(pattern, text);
  const group = match?.group?.trim();
  if (!match || group === undefined || group === "") return null;
  const figure = Number(group.replace(/\s*%$/, ""));
  if (!Number.isFinite(figure)) return null;
  const end = match.end ?? text.length;
  const percent = group.endsWith("%") || /^\s*%/.test(text.slice(end, end + 8)) || figure > 1;
  return Math.min(1, Math.max(0, percent ? figure / 100 : figure));
}
