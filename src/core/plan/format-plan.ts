import type { DiffEntry, Origin } from "../diff/diff.ts";
import { MAIN_CONTAINER } from "../manifest/manifest.ts";
import type { Op } from "./plan.ts";
import type { PlanStepView, PlanView } from "./plan-view.ts";

const SIGNS = {
  "create-network": "+",
  pull: "+",
  build: "+",
  create: "+",
  start: "+",
  unpause: "+",
  connect: "+",
  stop: "-",
  kill: "-",
  "end-process": "-",
  remove: "-",
  "remove-image": "-",
  "remove-network": "-",
  disconnect: "-",
  forget: "-",
  render: "~",
  reload: "~",
  accept: "~",
  quarantine: "~",
} as const satisfies Record<Op, "+" | "-" | "~">;

/**
 * The text form of a plan, for people and for golden tests. Without colour, each line ended by a newline:
 *
 *     plan 1f00aa
 *     + create bitcoin-ui  recreate  a fact has changed
 *         env.HOST: 192.0.2.1 -> 192.0.2.7 (fact:host_ip)
 *         waits: bitcoin is not ready yet
 *     held:
 *         lnd  the next attempt comes after a pause
 *
 * Two spaces part the columns. A diff goes from what is there to what shall be there. Times are left out, so that the
 * text depends on nothing but the plan.
 */
export function formatPlan(plan: Pick<PlanView, "id" | "steps" | "holds">): string {
  const lines = [`plan ${plan.id}`];
  if (plan.steps.length === 0) lines.push("nothing to do");
  for (const step of plan.steps) lines.push(...stepLines(step));
  if (plan.holds.length > 0) lines.push("held:");
  for (const hold of plan.holds) lines.push(`    ${hold.app}  ${oneLine(hold.reason)}`);
  return `${lines.join("\n")}\n`;
}

function stepLines(step: PlanStepView): readonly string[] {
  const lines = [`${SIGNS[step.op]} ${step.op} ${target(step)}  ${step.impact}  ${oneLine(step.reason)}`];
  for (const entry of step.diff) lines.push(`    ${formatDiffEntry(entry)}`);
  if (step.waits !== null) lines.push(`    waits: ${oneLine(step.waits)}`);
  return lines;
}

function target({ app, container }: PlanStepView): string {
  return container === null || container === MAIN_CONTAINER ? app : `${app}/${container}`;
}

/** `env.HOST: 192.0.2.1 -> 192.0.2.7 (fact:host_ip)`; a value that is not there is `(none)`. */
export function formatDiffEntry(entry: DiffEntry): string {
  return `${entry.path}: ${value(entry.observed)} -> ${value(entry.desired)} (${origin(entry.origin, entry)})`;
}

function origin(name: Origin, { cause, desired, observed }: DiffEntry): string {
  // Where the field is the fact itself, its cause would say the same twice.
  if (!cause || (cause.from === observed && cause.to === desired)) return name;
  return `${name}, ${value(cause.from)} -> ${value(cause.to)}`;
}

/** Quoted where the bare text could be misread: empty, spaces at an edge, an arrow, control characters, `(none)`. */
function value(text: string | null): string {
  if (text === null) return "(none)";
  const plain = text !== "" && text === text.trim() && text !== "(none)" && !/[\p{Cc}"]| -> /u.test(text);
  return plain ? text : JSON.stringify(text);
}

function oneLine(sentence: string): string {
  return sentence.replace(/\s*\n\s*/g, " | ");
}
