import type { Question } from "../ask.ts";
import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-code.ts";

interface UninstallOptions extends Waiting {
  readonly purge?: true;
  readonly yes?: true;
}

/** No longer wants apps. Their data goes to the trash; with `purge` it is deleted, once each app's name was typed. */
export function uninstall(
  context: CliContext,
  apps: readonly string[],
  { purge, yes, ...waiting }: UninstallOptions,
): Promise<ExitCode> {
  const names = apps.join(", ");
  const note = purge
    ? `The data of ${names} is deleted for good.`
    : `The data goes to the trash. Bring it back: archipelago install --restore ${apps.join(" ")}`;
  const question: Question = purge
    ? { kind: "names", message: "Its data will be gone for good.", names: [...new Set(apps)] }
    : { kind: "confirm", message: `Uninstall ${names}? The data goes to the trash.` };
  const edit = { kind: "uninstall", apps, ...(purge && { purge }) } as const;
  return change(context, { ...waiting, edit, question: yes ? null : question, note });
}
