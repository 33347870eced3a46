import { pino, type Logger } from "pino";
import type { TextSink } from "./io.ts";
import { humanLogLine } from "./render/log-line.ts";

/** Names under which a value is never logged, wherever it is said by mistake. */
const KEPT_BACK = ["secretEnv", "secrets", "token", "authorization", "password", "env"];

/** The daemon's log: JSON lines for machines, readable ones for a terminal. */
export function createLog(sink: TextSink, level: string, human: boolean): Logger {
  const destination = human ? { write: (line: string) => sink.write(humanLogLine(line)) } : sink;
  const paths = KEPT_BACK.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, base: null, redact: { paths, censor: "[kept back]" } }, destination);
}
