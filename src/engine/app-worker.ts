import { ArcError } from "../core/errors/arc-error.ts";
import type { AppId } from "../core/ids.ts";
import type { Op, Step } from "../core/plan/plan.ts";
import type { Collaborators } from "./collaborators.ts";
import { executeStep, type StepContext } from "./execute-step.ts";
import type { MemoryBook } from "./memory-book.ts";

/** Steps that end a container: their failures climb the ladder of end-container.ts. */
const ENDING: ReadonlySet<Op> = new Set(["stop", "kill", "remove"]);
const FETCHING: ReadonlySet<Op> = new Set(["pull", "build"]);
/** Steps after which it is known not to be stuck. A kill is none: a process in the kernel's hands survives it. */
const PROOF: ReadonlySet<Op> = new Set(["stop", "remove", "start"]);

/** One app's steps, done in order. */
export interface AppWork {
  readonly app: AppId;
  readonly steps: readonly Step[];
  readonly context: StepContext;
  /** False as soon as something else is wanted: latest wins. */
  readonly current: () => boolean;
}

/**
 * Does an app's steps one after the other, but those that wait, until one fails or something else is wanted. Each names its
 * target by generation or id, so that one planned for an earlier world can't hit another container.
 */
export async function workOn(
  { app, steps, context, current }: AppWork,
  by: Pick<Collaborators, "clock" | "random" | "secrets" | "history" | "log">,
  memory: MemoryBook,
): Promise<void> {
  const round: string[] = [];
  for (const step of steps) {
    if (step.waits !== null) continue;
    if (context.signal.aborted || !current()) return;
    const began = by.clock.now();
    const { action } = step;
    const what = [action.op, step.container ?? "the app"].join(" ");
    const record = (result: "ok" | "failed", detail: string): void => {
      const { container, reason, diff } = step;
      const duration = by.clock.now() - began;
      by.history.append({
        at: began,
        app,
        container,
        actor: "reconcile",
        action: action.op,
        reason,
        result,
        detail,
        diff,
        duration,
      });
      by.log[result === "ok" ? "info" : "warn"](
        {
          app,
          ...(container !== null && { container }),
          op: action.op,
          result,
          ms: duration,
          ...(detail && { detail }),
        },
        `${action.op} ${"name" in action ? action.name : app}: ${reason}`,
      );
    };
    if (step.counts) memory.attempt(app, began, by.random.fraction());
    try {
      await executeStep(step, context);
      if ("name" in action) {
        if (PROOF.has(action.op)) memory.unstuck(app, action.name);
        else if (action.op === "kill") memory.stuck(app, action.name);
      }
      // What counts has its pauses already.
      round.push(step.counts ? `${action.op} at ${began}` : what);
      record("ok", "");
    } catch (thrown) {
      const error = ArcError.from(thrown);
      if (context.signal.aborted || (context.superseded.aborted && FETCHING.has(action.op))) return;
      const message = by.secrets.redact(error.message);
      record("failed", message);
      // Not the app's fault: it costs no pause, the look after the engine is back goes on.
      if (error.code === "ARC_ENGINE_UNAVAILABLE" && memory.firstBreakdown(app, what)) return;
      if (ENDING.has(action.op) && "name" in action) memory.stuck(app, action.name);
      memory.failed(app, lastLine(message), by.clock.now(), by.random.fraction(), step.counts);
      return;
    }
  }
  memory.succeeded(app, round.join(", "), by.clock.now(), by.random.fraction());
}

/** A build says much; its last words say why. The whole stands in the history. */
function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? text;
}
