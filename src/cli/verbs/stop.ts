import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

/** Wants apps to be stopped, and waits until they are. */
export function stop(context: CliContext, apps: readonly string[], options: Waiting): Promise<ExitCode> {
  return change(context, { ...options, edit: { kind: "stop", apps }, goal: "stopped", question: null });
}
