import { ArcError } from "../core/errors/arc-error.ts";
import { parseDuration } from "../core/manifest/units.ts";

const DAY = 86_400_000;

/** `90s`, `1h`, `7d` before `now`, or a moment as ISO 8601. ms since the epoch; ARC_USAGE. */
export function parseSince(text: string, now: number): number {
  const days = /^(\d{1,5})d$/.exec(text);
  const length = days ? Number(days[1]) * DAY : parseDuration(text);
  if (length !== null) return Math.max(0, now - length);
  // Date.parse takes much more than ISO 8601, and not everywhere the same.
  const moment = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(moment)) return Math.max(0, moment);
  throw new ArcError("ARC_USAGE", `--since ${JSON.stringify(text)} is neither a length of time nor a moment.`, {
    hint: "Say 90s, 1h, 7d or 2026-01-31T12:00Z.",
  });
}
