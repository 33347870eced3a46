import { change, type Waiting } from "../change.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { adoptionText } from "../render/adoption-text.ts";

interface AdoptOptions extends Waiting {
  readonly from?: readonly string[];
  readonly replace?: true;
  readonly yes?: true;
}

/** Without an app: foreign containers that look like an app's, and what differs. With one: takes them over. */
export function adopt(context: CliContext, app: string | undefined, options: AdoptOptions): Promise<ExitCode> {
  return app === undefined ? listAdoptable(context) : takeOver(context, app, options);
}

async function listAdoptable({ node, out }: CliContext): Promise<ExitCode> {
  const views = await node.adoptable();
  out.answer(views, () =>
    views.length === 0 ? "No container here looks like an app's without being ours." : adoptionText(views, out),
  );
  return EXIT.done;
}

async function takeOver(
  context: CliContext,
  app: string,
  { from, replace, yes, ...waiting }: AdoptOptions,
): Promise<ExitCode> {
  const views = await context.node.adoptable(app);
  const meant = views.filter(({ name }) => from === undefined || from.includes(name));
  return change(context, {
    ...waiting,
    edit: { kind: "adopt", apps: [app], ...(replace && { replace }), ...(from && { from }) },
    question: yes
      ? null
      : {
          kind: "confirm",
          message: replace ? `Adopt ${app} and make anew what differs? The data stays where it is.` : `Adopt ${app}?`,
        },
    shown: { containers: meant },
    ...(meant.length > 0 && { note: adoptionText(meant, context.out) }),
  });
}
