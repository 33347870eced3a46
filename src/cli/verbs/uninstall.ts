import { join } from "node:path";
import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

/** No longer wants apps. Says where their data stays. */
export function uninstall(
  context: CliContext,
  apps: readonly string[],
  options: Waiting & { readonly yes?: true },
): Promise<ExitCode> {
  const places = apps.map((app) => `  ${join(context.options.home, "data", app)}`);
  const note = `The data stays where it is:\n${places.join("\n")}`;
  const question = options.yes ? null : `Uninstall ${apps.join(", ")}? The data stays.`;
  return change(context, { ...options, edit: { kind: "uninstall", apps }, goal: "absent", question, note });
}
