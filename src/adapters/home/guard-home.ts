import { dirname } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HomeLock } from "./home-lock.ts";

/** ms. For so long two daemons can work on one home, after somebody has removed its run folder under the first. */
const PULSE = 2_000;

/**
 * Rejects with ARC_HOME once the home's lock is no longer what this process has locked; resolves when the signal fires.
 * Lock and socket are not put back: the second daemon may already have its own there, and only one of the two can tell
 * that something is wrong, so that one goes.
 */
export async function guardHome(
  lock: Pick<HomeLock, "isHeld">,
  path: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    if (!lock.isHeld()) {
      const why = `${path} was removed or replaced under the running daemon, and another one may have taken the home`;
      const hint = `Start the daemon again, and leave ${dirname(path)} alone while it runs. Containers go on.`;
      throw new ArcError("ARC_HOME", why, { hint });
    }
    await clock.sleep(PULSE, signal).catch(() => undefined);
  }
}
