import type { ArcError } from "../core/errors/arc-error.ts";
import { ERRORS } from "../core/errors/codes.ts";
import type { ExitCode } from "./exit-code.ts";
import type { CliIo } from "./io.ts";
import { printable } from "./render/printable.ts";

/**
 * Says what went wrong: on stderr for people; with --json as `{ "error": ... }` on stdout, so that a program finds one
 * document there whatever happens.
 */
export function reportError(error: ArcError, io: CliIo, json: boolean): ExitCode {
  const { code, message, hint, problems } = error;
  if (json) io.stdout.write(`${JSON.stringify({ error: { code, message, hint, problems } }, null, 2)}\n`);
  else {
    const lines = message.split("\n").map(printable);
    io.stderr.write(`archipelago: ${lines.join("\n    ")}\n${hint === "" ? "" : `${printable(hint)}\n`}`);
  }
  return ERRORS[code].exit;
}
