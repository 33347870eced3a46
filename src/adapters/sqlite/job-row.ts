import * as z from "zod";
import type { StoredJob } from "../../ports/job-store.ts";
import { jsonText } from "./json-text.ts";

const row = z.object({
  id: z.string(),
  kind: z.enum(["install", "update", "uninstall", "adopt", "restart"]),
  apps: jsonText.pipe(z.array(z.string())),
  actor: z.string(),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  reason: z.string(),
  created_at: z.number(),
  ended_at: z.number().nullable(),
  request: jsonText,
  undo: jsonText,
  note: jsonText,
});

/** A row of the table as a job; null for one that somebody else wrote into it. */
export function jobOf(found: Readonly<Record<string, unknown>>): StoredJob | null {
  const parsed = row.safeParse(found);
  if (!parsed.success) return null;
  const { created_at: createdAt, ended_at: endedAt, ...job } = parsed.data;
  return { ...job, createdAt, endedAt };
}

/** The values of a job by the names of the columns. Milliseconds are whole in the table. */
export function rowOf(job: StoredJob): Record<string, string | number | null> {
  const { id, kind, apps, actor, state, reason, createdAt, endedAt, request, undo, note } = job;
  return {
    id,
    kind,
    apps: JSON.stringify(apps),
    actor,
    state,
    reason,
    created_at: Math.trunc(createdAt),
    ended_at: endedAt === null ? null : Math.trunc(endedAt),
    request: jsonOf(request),
    undo: jsonOf(undo),
    note: jsonOf(note),
  };
}

/** `undefined` has no JSON. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}
