import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createLog } from "../log.ts";

/** Is the daemon until it is interrupted. Its log goes to stderr; stdout says once where it answers. */
export async function up({ io, options, out }: CliContext, said: { readonly logLevel: string }): Promise<ExitCode> {
  const log = createLog(io.stderr, said.logLevel, io.stderr.isTTY === true && !out.json);
  const onUp = (addresses: readonly string[]): void => {
    if (out.json) out.line({ addresses });
    else out.text(`archipelago is up: ${addresses.join(", ")}`);
  };
  await io.daemon.run({ ...options, log, onUp }, io.interrupt());
  return EXIT.done;
}
