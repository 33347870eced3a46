import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { planText } from "../render/plan-text.ts";

/** What would be done now. Exits 3 where that is something. */
export async function plan(context: CliContext, { offline }: { readonly offline?: true }): Promise<ExitCode> {
  const { io, node, options, out } = context;
  const made = offline ? await io.daemon.offlinePlan(options) : await node.plan();
  out.answer(made, (shown) => planText(shown, out.paint));
  return made.steps.length > 0 ? EXIT.pending : EXIT.done;
}
