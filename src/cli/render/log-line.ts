import * as z from "zod";
import { printable } from "./printable.ts";

const recordSchema = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(""),
  err: z.unknown().optional(),
});

const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "WARN",
  50: "ERROR",
  60: "FATAL",
};

/** A line of the JSON log as `12:03:04 info   it is up  app=lnd`; local time. A stack goes below. */
export function humanLogLine(line: string): string {
  const record = recordSchema.safeParse(JSON.parse(line));
  if (!record.success) return line;
  const { level, time, msg, err, ...rest } = record.data;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${fieldText(value)}`);
  const error = z.object({ message: z.string().default(""), stack: z.string().default("") }).safeParse(err);
  const words = [msg, ...(error.success && error.data.message !== msg ? [error.data.message] : []), ...fields];
  const stack = error.success && level >= 50 ? error.data.stack.split("\n").slice(1) : [];
  const head = `${clock} ${(LEVELS[level] ?? String(level)).padEnd(5)}  ${printable(words.join("  "))}`;
  return [head, ...stack.map(printable)].map((text) => `${text}\n`).join("");
}

function fieldText(value: unknown): string {
  return typeof value === "string" && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
}
