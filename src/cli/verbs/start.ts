import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

/** Wants apps to run, and waits until they are ready. */
export function start(context: CliContext, apps: readonly string[], options: Waiting): Promise<ExitCode> {
  return change(context, { ...options, edit: { kind: "start", apps }, goal: "ready", question: null });
}
