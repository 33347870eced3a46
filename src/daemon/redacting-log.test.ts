import { expect, test } from "vitest";
import type { Log } from "../ports/log.ts";
import { redactingLog } from "./redacting-log.ts";

test("no level's message or fields carry a secret, and what is no text stays as it is", () => {
  const lines: unknown[] = [];
  const line = (fields: object, message: string): void => void lines.push([fields, message]);
  const log: Log = { debug: line, info: line, warn: line, error: line };
  const clean = redactingLog(log, (text) => text.replaceAll("hunter2", "(secret)"));
  for (const level of ["debug", "info", "warn", "error"] as const)
    clean[level]({ from: "podman", said: "bad flag hunter2", ms: 3 }, "hunter2 is refused");
  expect(lines).toEqual(Array(4).fill([{ from: "podman", said: "bad flag (secret)", ms: 3 }, "(secret) is refused"]));
});
