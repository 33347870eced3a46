import { ArcError } from "../../core/errors/arc-error.ts";
import type { AppStatus, NodeStatus } from "../../core/status/status.ts";
import type { NodeApi } from "../../rpc/node-api.ts";
import type { CliContext } from "../context.ts";
import { humanDuration } from "../render/age.ts";
import { Hint, listen } from "./hint.ts";
import { APP_HEADERS, appRow } from "./progress-rows.ts";
import { progressView } from "./progress-view.ts";
import { arrival, find, hasWork, isRestless, isTriedSoon, looksSettled, type Goal } from "./verdict.ts";

export interface Wait {
  readonly apps: readonly string[];
  readonly goal: Goal;
  /** Milliseconds; ARC_TIMEOUT after that. */
  readonly timeout: number;
}

export interface Waited {
  /** Watched apps as they are at the end; those that are gone are missing. */
  readonly apps: readonly AppStatus[];
  readonly stuck: readonly AppStatus[];
  /** Still waiting for something that does not come by itself. */
  readonly waiting: readonly AppStatus[];
}

/**
 * Waits until the apps are where they shall be or will not get there by themselves, and shows how it goes. Looks at the
 * node's state after each event and at the least every `resync` ms: an event that is lost costs time, not truth.
 */
export async function waitForApps({ node, io, out }: CliContext, wait: Wait): Promise<Waited> {
  const interrupted = io.interrupt();
  const end = new AbortController();
  const deadline = AbortSignal.timeout(wait.timeout);
  const stop = AbortSignal.any([interrupted, deadline]);
  const view = progressView(io, out, APP_HEADERS);
  const hint = new Hint();
  const listening = listen(node, hint, end.signal);
  try {
    for (let quietBefore = false; ;) {
      const status = await node.status();
      const watched = wait.apps.flatMap((id) => find(status, id) ?? []);
      view.show(
        watched.map((app) => appRow(app, io.now())),
        engineNotice(status),
      );
      const plan = await node.plan();
      const soon = isTriedSoon(status, plan, wait.apps, io.now());
      const quiet = !isRestless(status, plan, io.now()) && !hasWork(plan, null) && !soon;
      const settled = looksSettled(status, wait.apps, wait.goal) && !soon;
      if (settled && (quiet || (await nothingFor(node, status, wait.apps)))) return outcome(watched, wait.goal);
      // One quiet look may fall between a step that is done and the state that it leads to; two do not.
      if (quiet && quietBefore) return outcome(watched, wait.goal);
      if (interrupted.aborted) throw stopped("It was interrupted while it waited.");
      if (deadline.aborted) throw stopped(`${open(watched, wait)} after ${humanDuration(wait.timeout)}.`);
      const hinted = await hint.come(io.resync, stop);
      quietBefore = quiet && !hinted;
    }
  } finally {
    view.end();
    end.abort();
    await listening;
  }
}

/** A state can be about to change: it is the last look's, and the plan is this one's. */
async function nothingFor(node: NodeApi, { engine }: NodeStatus, apps: readonly string[]): Promise<boolean> {
  return engine.state === "available" && !hasWork(await node.plan(), apps);
}

function outcome(apps: readonly AppStatus[], goal: Goal): Waited {
  return {
    apps,
    stuck: apps.filter((app) => arrival(app, goal) === "stuck"),
    waiting: apps.filter((app) => arrival(app, goal) === "moving"),
  };
}

function engineNotice({ engine }: NodeStatus): string | null {
  return engine.state === "available" ? null : `engine unavailable: ${engine.reason}`;
}

function open(apps: readonly AppStatus[], { goal }: Wait): string {
  const words = apps.filter((app) => arrival(app, goal) !== "arrived").map((app) => `${app.id} is ${app.state}`);
  return words.length > 0 ? words.join(", ") : "There was still something to do";
}

function stopped(message: string): ArcError {
  return new ArcError("ARC_TIMEOUT", message);
}
