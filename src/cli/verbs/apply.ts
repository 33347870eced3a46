import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { waitForApps } from "../progress/wait-for-apps.ts";
import { sayOutcome } from "../render/outcome-text.ts";
import { planText } from "../render/plan-text.ts";

/**
 * Looks at once, does what the plan says and waits until it is done or held. Exits 1 where an app failed, 3 where one
 * is held or waits.
 */
export async function apply(
  context: CliContext,
  options: { readonly plan?: string; readonly timeout: number },
): Promise<ExitCode> {
  const { node, out } = context;
  const plan = await node.apply(options.plan);
  out.text(planText(plan, out.paint));
  const apps = [...new Set(plan.steps.map((step) => step.app))];
  if (apps.length === 0) {
    out.answer({ plan, apps: [] }, () => "");
    return plan.holds.length > 0 ? EXIT.pending : EXIT.done;
  }
  const waited = await waitForApps(context, { apps, goal: "converged", timeout: options.timeout });
  out.answer({ plan, apps: waited.apps }, () => sayOutcome(waited, "converged", out.paint));
  if (waited.stuck.some(({ state }) => state !== "held")) return EXIT.failed;
  return waited.stuck.length + waited.waiting.length + plan.holds.length > 0 ? EXIT.pending : EXIT.done;
}
