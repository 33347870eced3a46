import { ArcError } from "../core/errors/arc-error.ts";
import type { ErrorCode } from "../core/errors/codes.ts";
import type { AppId } from "../core/ids.ts";
import type { Op, Step } from "../core/plan/plan.ts";
import type { Collaborators } from "./collaborators.ts";
import { executeStep, type StepContext } from "./execute-step.ts";
import type { MemoryBook } from "./memory-book.ts";
import { lastLineOf, recordStep } from "./step-record.ts";

/** Steps that end a container: their failures climb the ladder of end-container.ts. */
const ENDING: ReadonlySet<Op> = new Set(["stop", "kill", "remove"]);
/** Steps after which it is known not to be stuck. A kill is none: a process in the kernel's hands survives it. */
const PROOF: ReadonlySet<Op> = new Set(["stop", "remove", "start"]);

/** An engine that is away; a container that somebody has removed since the look, as `podman rm -f` does (Podman 5). */
const NOBODYS_FAULT: ReadonlySet<ErrorCode> = new Set(["ARC_ENGINE_UNAVAILABLE", "ARC_ENGINE_NOT_FOUND"]);

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
    const at = by.clock.now();
    const { action } = step;
    const what = [action.op, step.container ?? "the app"].join(" ");
    if (step.counts) memory.attempt(app, at, by.random.fraction());
    try {
      await executeStep(step, context);
      if ("name" in action) {
        if (PROOF.has(action.op)) memory.unstuck(app, action.name);
        else if (action.op === "kill") memory.stuck(app, action.name);
        if (ENDING.has(action.op) || action.op === "start")
          memory.endedByUs(app, action.name, action.op === "stop" || action.op === "kill");
      }
      // What counts has its pauses already.
      round.push(step.counts ? `${action.op} at ${at}` : what);
      recordStep(step, { at, result: "ok", detail: "" }, by);
    } catch (thrown) {
      const error = ArcError.from(thrown);
      if (context.signal.aborted) return;
      const message = by.secrets.redact(error.message);
      recordStep(step, { at, result: "failed", detail: message }, by);
      // Not the app's fault: it costs no pause, the look after the engine is back, or at what is gone, goes on.
      if (NOBODYS_FAULT.has(error.code) && memory.firstBreakdown(app, what)) return;
      if (ENDING.has(action.op) && "name" in action) memory.stuck(app, action.name);
      // An engine that is away or slow says nothing of what it was asked to do.
      const telling = !NOBODYS_FAULT.has(error.code) && error.code !== "ARC_ENGINE_TIMEOUT";
      const { container } = step;
      const failed = telling ? { op: action.op, container, name: "name" in action ? action.name : null } : null;
      memory.failed(app, lastLineOf(message), by.clock.now(), by.random.fraction(), step.counts, failed);
      return;
    }
  }
  memory.succeeded(app, round.join(", "), by.clock.now(), by.random.fraction());
}
