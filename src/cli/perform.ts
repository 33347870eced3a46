import type { CliContext } from "./context.ts";
import type { ExitCode } from "./exit-code.ts";

/** Is given each verb that was asked for; the verb loads its own code when it is performed. */
export type Perform = (verb: (context: CliContext) => Promise<ExitCode>) => Promise<void>;
