import { ArcError } from "../../core/errors/arc-error.ts";
import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

interface UpdateOptions extends Waiting {
  readonly all?: true;
  readonly yes?: true;
}

/** Wants the catalogue's version of apps, or of all that have a newer one there. */
export async function update(
  context: CliContext,
  named: readonly string[],
  { all, yes, ...waiting }: UpdateOptions,
): Promise<ExitCode> {
  if ((named.length === 0) === (all === undefined))
    throw new ArcError("ARC_USAGE", "update needs either names of apps or --all.", {
      hint: "`archipelago status` shows for which apps an update is available.",
    });
  const known = (await context.node.status()).apps;
  const apps = all ? known.filter(({ available }) => available !== null).map(({ id }) => id) : named;
  if (apps.length === 0) {
    context.out.answer({ changed: [], plan: null, job: null, apps: [] }, () => "All apps are up to date.");
    return EXIT.done;
  }
  return change(context, {
    ...waiting,
    edit: { kind: "update", apps },
    before: new Map(known.map(({ id, version }) => [id, version])),
    question: yes ? null : { kind: "confirm", message: `Update ${apps.join(", ")}?` },
  });
}
