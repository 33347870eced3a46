import type { DesiredEntry } from "../core/desired/desired.ts";
import type { AppId } from "../core/ids.ts";
import { NO_BACKOFF, nextBackoff } from "../core/memory/backoff.ts";
import { EMPTY_MEMORY, type AppMemory, type ProbeKind, type ProbeMemory } from "../core/memory/memory.ts";

/** What the daemon remembers between looks: pauses, failures, probes. Values are replaced, never changed in place. */
export class MemoryBook {
  readonly #apps = new Map<AppId, AppMemory>();
  readonly #wanted = new Map<AppId, string>();

  view(): ReadonlyMap<AppId, AppMemory> {
    return this.#apps;
  }

  of(app: AppId): AppMemory {
    return this.#apps.get(app) ?? EMPTY_MEMORY;
  }

  /** A changed wish begins with a clean slate: pauses were earned by the old one. */
  notice(entry: DesiredEntry): void {
    const wish = wishOf(entry);
    if (this.#wanted.get(entry.id) === wish) return;
    this.#wanted.set(entry.id, wish);
    this.#set(entry.id, { backoff: NO_BACKOFF, lastError: null });
  }

  attempt(app: AppId, now: number, jitter: number): void {
    this.#set(app, { backoff: nextBackoff(this.of(app).backoff, now, jitter) });
  }

  failed(app: AppId, error: string, now: number, jitter: number): void {
    this.#set(app, { backoff: nextBackoff(this.of(app).backoff, now, jitter), lastError: error });
  }

  /** It does its work: what failed before is past. The count of attempts is forgiven by time alone. */
  good(app: AppId): void {
    if (this.of(app).lastError !== null) this.#set(app, { lastError: null });
  }

  stuck(app: AppId, name: string): void {
    const { stuck } = this.of(app);
    this.#set(app, { stuck: new Map([...stuck, [name, (stuck.get(name) ?? 0) + 1]]) });
  }

  unstuck(app: AppId, name: string): void {
    const { stuck } = this.of(app);
    if (stuck.has(name)) this.#set(app, { stuck: new Map([...stuck].filter(([other]) => other !== name)) });
  }

  probe(app: AppId, id: string, run: string, kind: ProbeKind, seen: ProbeMemory): void {
    const { runs } = this.of(app);
    const known = runs.get(id);
    const probes = known?.run === run ? known.probes : {};
    this.#set(app, { runs: new Map([...runs, [id, { run, probes: { ...probes, [kind]: seen } }]]) });
  }

  /** Forgets runs of containers that are gone. */
  prune(app: AppId, ids: ReadonlySet<string>): void {
    const { runs } = this.of(app);
    if ([...runs.keys()].some((id) => !ids.has(id))) {
      this.#set(app, { runs: new Map([...runs].filter(([id]) => ids.has(id))) });
    }
  }

  #set(app: AppId, change: Partial<AppMemory>): void {
    this.#apps.set(app, { ...this.of(app), ...change });
  }
}

/** Names what is wanted of an app: when it moves, the app is tried at once. */
export function wishOf(entry: DesiredEntry): string {
  if (entry.kind !== "resolved") return JSON.stringify([entry.kind, entry.problems.map(({ message }) => message)]);
  return JSON.stringify([
    entry.state,
    entry.restartedAt,
    entry.containers.map(({ hash, fileSums }) => [hash, fileSums]),
  ]);
}
