import { ArcError } from "../core/errors/arc-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { HistoryEntry, HistoryStore } from "../ports/history-store.ts";
import type { Log } from "../ports/log.ts";
import type { ProcessTable } from "../ports/process-table.ts";
import type { RunLeftovers } from "../ports/run-leftovers.ts";

interface Repairing {
  readonly leftovers: RunLeftovers;
  readonly processes: Pick<ProcessTable, "running">;
  readonly clock: Clock;
  readonly history: Pick<HistoryStore, "append">;
  readonly log: Log;
}

/**
 * Lets the engine forget a boot that is over, before anything is asked of it. That concerns all its containers, and is
 * done while none of them runs, so that nobody loses anything. While one lives, ours or anybody's, the engine's word on it
 * is right and must stay; then it is only helped to list them. Never throws: an engine that can't be mended is one that is
 * looked at as it is.
 */
export async function repairAfterBoot(
  { leftovers, processes, clock, history, log }: Repairing,
  signal?: AbortSignal,
): Promise<void> {
  const began = clock.now();
  const tell = (result: HistoryEntry["result"], reason: string, detail: string): void => {
    log[result === "ok" ? "info" : "warn"]({ action: "engine.repair", detail }, reason);
    const who = { at: clock.now(), app: null, container: null, actor: "daemon", action: "engine.repair" } as const;
    history.append({ ...who, reason, result, detail, diff: [], duration: clock.now() - began });
  };
  try {
    const signs = await leftovers.signs();
    if (signs.length === 0) return;
    const running = processes.running().size;
    if (running > 0) {
      await leftovers.standIn(signal);
      const reason =
        `Podman takes a boot that is over for the present one, and goes on with that, because ${running} of its ` +
        "containers run already: a reboot, or a start of the daemon while none runs, mends it";
      tell("noted", reason, signs.join("\n"));
      return;
    }
    await leftovers.forget(signal);
    tell("ok", "Podman took a boot that is over for the present one, and has forgotten it", signs.join("\n"));
  } catch (error) {
    tell("failed", "Podman could not be made to forget a boot that is over", ArcError.from(error).message);
  }
}
