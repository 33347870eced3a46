import type { Log } from "../ports/log.ts";

/** A log in which no text carries a secret: what engines, builds and errors of the system say is not ours to trust. */
export function redactingLog(log: Log, redact: (text: string) => string): Log {
  const clean = (fields: object): object =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]: [string, unknown]) => [
        key,
        typeof value === "string" ? redact(value) : value,
      ]),
    );
  return {
    debug: (fields, message) => log.debug(clean(fields), redact(message)),
    info: (fields, message) => log.info(clean(fields), redact(message)),
    warn: (fields, message) => log.warn(clean(fields), redact(message)),
    error: (fields, message) => log.error(clean(fields), redact(message)),
  };
}
