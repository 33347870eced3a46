import { ArcError } from "../core/errors/arc-error.ts";
import type { DesiredEdit } from "../rpc/node-api.ts";
import type { CliContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Goal } from "./progress/verdict.ts";
import { waitForApps } from "./progress/wait-for-apps.ts";
import { planText } from "./render/plan-text.ts";
import { sayOutcome } from "./render/outcome-text.ts";

export interface Waiting {
  readonly wait: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Change extends Waiting {
  readonly edit: DesiredEdit;
  readonly goal: Goal;
  /** Asked after the plan was shown; null: nobody is asked. */
  readonly question: string | null;
  /** Said before anything else. */
  readonly note?: string;
}

/**
 * Edits the desired state, after a preview where somebody is asked, and waits until it has become so. What was
 * previewed is what is done: where the world has moved on since, it is ARC_PLAN_STALE. Exits 1 where an app did not get
 * there.
 */
export async function change(context: CliContext, wanted: Change): Promise<ExitCode> {
  const { node, out } = context;
  const { edit, question } = wanted;
  if (question !== null && !out.interactive)
    throw new ArcError("ARC_USAGE", `${edit.kind} asks first, and there is nobody to ask.`, {
      hint: `Say it all at once: archipelago ${edit.kind} --yes ${edit.apps.join(" ")}`,
    });
  if (wanted.note !== undefined) out.text(wanted.note);
  let previewed: string | undefined;
  if (question !== null) {
    const plan = await node.plan(edit);
    out.text(planText(plan, out.paint));
    if (!(await agreed(context, question))) {
      out.text("Nothing was changed.");
      return EXIT.failed;
    }
    previewed = plan.id;
  }
  const { changed, plan } = await node.edit(edit, previewed);
  const apps = [...new Set([...edit.apps, ...changed])];
  if (!wanted.wait) {
    out.answer({ changed, plan, apps: null }, () => `${edit.kind}: ${apps.join(", ")}. The daemon goes on with it.`);
    return EXIT.done;
  }
  if (question === null) out.text(planText(plan, out.paint));
  const waited = await waitForApps(context, { apps, goal: wanted.goal, timeout: wanted.timeout });
  out.answer({ changed, plan, apps: waited.apps }, () => sayOutcome(waited, wanted.goal, out.paint));
  return waited.stuck.length + waited.waiting.length > 0 ? EXIT.failed : EXIT.done;
}

async function agreed({ io }: CliContext, message: string): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({ message, input: io.stdin, output: io.stdout });
  return !isCancel(answer) && answer;
}
