import { ArcError } from "../../core/errors/arc-error.ts";
import { humanBytes } from "../../core/human-bytes.ts";
import { appId } from "../../core/ids.ts";
import type { Look } from "../../engine/look.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HistoryStore } from "../../ports/history-store.ts";
import type { Trash, TrashEntry } from "../../ports/trash.ts";
import type { JobLoop } from "./job-loop.ts";

export interface MoverPorts {
  readonly trash: Trash;
  readonly history: HistoryStore;
  readonly clock: Clock;
}

export interface Move {
  readonly app: string;
  readonly purge: boolean;
  /** ms since the epoch: what came into the trash after it is this job's, also where a crash came between. */
  readonly since: number;
  readonly actor: string;
  /** An earlier life of the daemon, or a try that failed, was at it already. */
  readonly again: boolean;
  /** Ends what takes long; it goes on in the next life of the daemon. */
  readonly signal: AbortSignal;
  /** Said right before anything is moved: from there on there is no way back. */
  readonly onMoving: () => void;
}

/**
 * Takes the data of an app away that is gone: into the trash, and with `purge` from there for good, so that a crash never
 * leaves half a folder where an app would find it. null: the app is wanted again, its containers are back, or nothing can
 * be looked at, and nothing was done. Otherwise a sentence of what became of the data. ARC_TRASH, ARC_HOME.
 */
export async function moveData(ports: MoverPorts, loop: JobLoop, move: Move): Promise<string | null> {
  const { app, purge, again, signal } = move;
  const entries = await loop.exclusively(appId(app), () => putAway(ports, loop, move));
  if (entries === null) return null;
  if (purge) {
    // Outside of the app's turn: it may take long, and nobody finds it in data/ any more.
    for (const { id } of entries) await ports.trash.remove(id, signal);
    if (entries.length > 0 || again) return `${app} and its data are gone`;
  }
  const [entry] = entries;
  if (!entry) return `${app} is gone; it had no data`;
  const size = humanBytes(await measured(ports.trash, entry, signal));
  const day = new Date(entry.at).toISOString().slice(0, 10);
  return `${app} is gone; its data (${size}, of ${day}) lies in the trash: \`archipelago install ${app} --restore\` brings it back`;
}

/** What of this job lies in the trash then; null: it must not be moved. */
async function putAway(
  { trash, history, clock }: MoverPorts,
  loop: JobLoop,
  { app, purge, since, actor, onMoving }: Move,
): Promise<readonly TrashEntry[] | null> {
  const look = await loop.freshLook().catch(() => null);
  if (look === null) return null;
  const { desire, world } = look;
  const isHere = [...world.own, ...world.unclear].some((found) => found.app === app);
  if (isHere || Object.hasOwn(desire.config.apps, app)) return null;
  refuseWhileUsed(app, look);
  onMoving();
  const put = await trash.put(app);
  if (!put) return (await trash.list()).filter((entry) => entry.app === app && entry.at >= since);
  history.append({
    at: clock.now(),
    app,
    container: null,
    actor,
    action: purge ? "purge" : "trash",
    reason: purge ? "the owner said uninstall --purge" : "the owner said uninstall",
    result: "ok",
    detail: purge ? "" : `the data is ${put.id}`,
    diff: [],
    duration: 0,
  });
  return [put];
}

/** A container that was to be taken over, and is foreign again, has the app's folder mounted. ARC_TRASH. */
function refuseWhileUsed(app: string, { desire, world }: Look): void {
  const adopted = desire.records.get(app)?.adopted ?? [];
  const user = world.containers.find(({ id }) => adopted.some((adoption) => adoption.id === id));
  if (!user) return;
  const hint = `Remove ${user.name} first, then say uninstall again.`;
  throw new ArcError("ARC_TRASH", `the container ${user.name}, which is not ours, uses the data of ${app}`, { hint });
}

/** What can't be measured is in the trash all the same. */
async function measured(trash: Trash, { id }: TrashEntry, signal: AbortSignal): Promise<number | null> {
  try {
    return await trash.measure(id, signal);
  } catch (error) {
    if (error instanceof ArcError && !signal.aborted) return null;
    throw error;
  }
}
