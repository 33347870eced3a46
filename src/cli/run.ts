import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CliIo } from "./io.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command line, the program's own name left out. Resolves with the process's exit status: 0 done, 1 failed,
 * 2 usage, 3 changes pending. Never rejects.
 */
export async function run(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  // Answered before anything else is loaded.
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    io.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const { runProgram } = await import("./run-program.ts");
  return runProgram(argv, io);
}
