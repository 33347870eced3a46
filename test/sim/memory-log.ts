import type { Log } from "../../src/ports/log.ts";

/** The daemon's log in memory, one JSON text a line. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];

  debug(fields: object, message: string): void {
    this.#write("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#write("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#write("error", fields, message);
  }

  #write(level: string, fields: object, message: string): void {
    this.lines.push(JSON.stringify({ level, ...fields, message }));
  }
}
