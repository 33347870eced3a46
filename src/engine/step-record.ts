import type { Step } from "../core/plan/plan.ts";
import type { Collaborators } from "./collaborators.ts";

/** Writes down that a step was done or failed: in the history for people, in the log for machines. */
export function recordStep(
  { app, container, action, reason, diff }: Step,
  { at, result, detail }: { readonly at: number; readonly result: "ok" | "failed"; readonly detail: string },
  by: Pick<Collaborators, "clock" | "history" | "log">,
): void {
  const duration = by.clock.now() - at;
  const { op } = action;
  by.history.append({ at, app, container, actor: "reconcile", action: op, reason, result, detail, diff, duration });
  const fields = { app, ...(container !== null && { container }), op, result, ms: duration, ...(detail && { detail }) };
  const target = "name" in action ? action.name : "image" in action ? action.image : app;
  by.log[result === "ok" ? "info" : "warn"](fields, `${op} ${target}: ${reason}`);
}

/** A build says much; its last words say why. The whole stands in the history. */
export function lastLineOf(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? text;
}
