import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

/** Restarts the containers of apps once, and follows that until they are ready again. */
export function restart(context: CliContext, apps: readonly string[], options: Waiting): Promise<ExitCode> {
  return change(context, { ...options, edit: { kind: "restart", apps }, question: null });
}
