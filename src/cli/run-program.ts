import { CommanderError } from "commander";
import { ArcError } from "../core/errors/arc-error.ts";
import { cliContext, type GlobalOptions } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CliIo } from "./io.ts";
import { buildProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Parses the command line, performs its verb and turns every failure into a text and an exit status. */
export async function runProgram(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  // Asked before parsing, since a line that can't be parsed is answered in the form it asked for, too.
  const json = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined).includes("--json");
  let code: ExitCode = EXIT.done;
  const program = buildProgram(
    async (verb) => {
      code = await verb(cliContext(io, program.opts<GlobalOptions>()));
    },
    {
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Said by reportError, in our shape.
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    },
  );
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(ArcError.from(error), io, json);
    if (error.exitCode === 0) return EXIT.done;
    // No verb at all: the help has been shown on stderr.
    if (error.code === "commander.help") return EXIT.usage;
    return reportError(usageError(error), io, json);
  }
}

function usageError(error: CommanderError): ArcError {
  return new ArcError("ARC_USAGE", error.message.replace(/^error: /, ""));
}
