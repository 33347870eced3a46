import { ArcError } from "../../core/errors/arc-error.ts";
import { humanBytes } from "../../core/human-bytes.ts";
import { appId } from "../../core/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HistoryStore } from "../../ports/history-store.ts";
import type { Trash, TrashEntry } from "../../ports/trash.ts";
import type { Actor, TrashView } from "../../rpc/node-api.ts";
import type { JobLoop } from "../jobs/job-loop.ts";

interface TrashPorts {
  readonly trash: Trash;
  readonly history: HistoryStore;
  readonly clock: Clock;
}

/** What people do with the trash: look, bring back, delete. */
export class TrashDoor {
  readonly #by: TrashPorts;
  readonly #loop: Pick<JobLoop, "exclusively">;

  constructor(by: TrashPorts, loop: Pick<JobLoop, "exclusively">) {
    this.#by = by;
    this.#loop = loop;
  }

  /** Newest first. */
  async list(): Promise<readonly TrashView[]> {
    return (await this.#by.trash.list()).map(viewOf);
  }

  /** Those that left data behind, wanted or not. */
  async withData(apps: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(apps.map((app) => this.#by.trash.hasData(app)));
    return apps.filter((_, index) => found[index]);
  }

  /** Deletes for good; all or, where one is unknown (ARC_TRASH), none. */
  async empty(ids: readonly string[], actor: Actor): Promise<readonly TrashView[]> {
    const entries = await this.#by.trash.list();
    const gone = [...new Set(ids)].map((id) => {
      const entry = entries.find((candidate) => candidate.id === id);
      if (!entry) throw new ArcError("ARC_TRASH", `the trash holds no ${id}`);
      return entry;
    });
    for (const entry of gone) {
      await this.#by.trash.remove(entry.id);
      this.#note(entry, actor, "trash.empty", "the owner emptied the trash");
    }
    return gone.map(viewOf);
  }

  /** Sentences that offer back what the trash holds of these apps. */
  async offers(apps: readonly string[]): Promise<readonly string[]> {
    const newest = newestOf(await this.#by.trash.list());
    return apps.flatMap((app) => {
      const entry = newest.get(app);
      if (!entry) return [];
      const what = `${humanBytes(entry.bytes)}, of ${new Date(entry.at).toISOString().slice(0, 10)}`;
      return [
        `data of an earlier installation of ${app} (${what}) lies in the trash; to have it back, uninstall ${app} and say \`archipelago install ${app} --restore-from ${entry.id}\``,
      ];
    });
  }

  /**
   * Brings data of each app back, all or none: the newest, or the entry `id` and nothing else. `required` are those that
   * are brought along: they may have none. ARC_TRASH where there is nothing of an app that was asked for, or data of it is
   * in the way.
   */
  async restore(apps: readonly string[], required: readonly string[], id: string | null, actor: Actor): Promise<void> {
    const entries = await this.#by.trash.list();
    const newest = newestOf(id === null ? entries : entries.filter((entry) => entry.id === id));
    const known = [...newest.keys()].every((app) => apps.includes(app));
    if (id !== null && (newest.size === 0 || !known))
      throw new ArcError("ARC_TRASH", `the trash holds no ${id} of ${apps.join(", ")}`);
    for (const app of id === null ? apps : [])
      if (!newest.has(app)) throw new ArcError("ARC_TRASH", `the trash holds no data of ${app}`);
    const restored: string[] = [];
    for (const app of new Set([...apps, ...required])) {
      const entry = newest.get(app);
      if (!entry) continue;
      try {
        await this.#loop.exclusively(appId(app), () => this.#by.trash.restore(entry.id));
      } catch (error) {
        for (const back of restored) await this.#by.trash.put(back);
        throw error;
      }
      restored.push(app);
      this.#note(entry, actor, "trash.restore", "the owner said install --restore");
    }
  }

  #note({ id, app }: TrashEntry, actor: Actor, action: string, reason: string): void {
    const facts = { app, container: null, actor, action, reason, detail: id, diff: [], duration: 0 };
    this.#by.history.append({ at: this.#by.clock.now(), result: "ok", ...facts });
  }
}

function newestOf(entries: readonly TrashEntry[]): ReadonlyMap<string, TrashEntry> {
  return new Map(entries.toReversed().map((entry) => [entry.app, entry]));
}

const viewOf = ({ id, app, at, bytes }: TrashEntry): TrashView => ({ id, app, at, bytes });
