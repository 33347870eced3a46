import * as z from "zod";
import { IMPACTS } from "../../core/diff/diff.ts";
import type { HistoryEntry } from "../../ports/history-store.ts";
import { jsonText } from "./json-text.ts";

const diffEntry = z.object({
  path: z.string(),
  desired: z.string().nullable(),
  observed: z.string().nullable(),
  origin: z.union([
    z.enum(["outside", "manifest", "node"]),
    z.templateLiteral(["fact:", z.string()]),
    z.templateLiteral(["setting:", z.string()]),
    z.templateLiteral(["secret:", z.string()]),
    z.templateLiteral(["requires:", z.string()]),
  ]),
  impact: z.enum(IMPACTS),
  cause: z.object({ from: z.string(), to: z.string() }).exactOptional(),
});

const row = z.object({
  at: z.number(),
  app: z.string().nullable(),
  container: z.string().nullable(),
  actor: z.string(),
  action: z.string(),
  reason: z.string(),
  result: z.enum(["ok", "failed", "noted"]),
  detail: z.string(),
  diff: jsonText.pipe(z.array(diffEntry)),
  duration: z.number(),
});

/** A row of the table as an entry; null for one that somebody else wrote into it. */
export function entryOf(found: Readonly<Record<string, unknown>>): HistoryEntry | null {
  const parsed = row.safeParse(found);
  return parsed.success ? parsed.data : null;
}

/** The values of an entry by the names of the columns. Milliseconds are whole in the table. */
export function rowOf(entry: HistoryEntry): Record<string, string | number | null> {
  const { at, app, container, actor, action, reason, result, detail, diff, duration } = entry;
  return {
    at: Math.trunc(at),
    app,
    container,
    actor,
    action,
    reason,
    result,
    detail,
    diff: JSON.stringify(diff),
    duration: Math.round(duration),
  };
}
