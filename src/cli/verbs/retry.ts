import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

/** Tries again what failed: ends pauses, and gives a version that was rolled back another chance. */
export function retry(context: CliContext, apps: readonly string[], options: Waiting): Promise<ExitCode> {
  return change(context, { ...options, edit: { kind: "retry", apps }, question: null });
}
