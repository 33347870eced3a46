import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

/** Wants apps and what they require, and waits until they are ready. */
export function install(
  context: CliContext,
  apps: readonly string[],
  options: Waiting & { readonly yes?: true },
): Promise<ExitCode> {
  const question = options.yes ? null : `Install ${apps.join(", ")}?`;
  return change(context, { ...options, edit: { kind: "install", apps }, goal: "ready", question });
}
