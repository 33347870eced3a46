import type { DesiredEntry } from "../core/desired/desired.ts";
import type { AppId } from "../core/ids.ts";
import { NO_BACKOFF, isForgiven, nextBackoff } from "../core/memory/backoff.ts";
import {
  EMPTY_MEMORY,
  type AppMemory,
  type FailedStep,
  type ProbeKind,
  type ProbeMemory,
} from "../core/memory/memory.ts";

const UNWANTED = "unwanted";

/** What the daemon remembers between looks: pauses, failures, probes. Values are replaced, never changed in place. */
export class MemoryBook {
  readonly #apps = new Map<AppId, AppMemory>();
  readonly #wanted = new Map<AppId, string>();
  readonly #rounds = new Map<AppId, string>();

  view(): ReadonlyMap<AppId, AppMemory> {
    return this.#apps;
  }

  of(app: AppId): AppMemory {
    return this.#apps.get(app) ?? EMPTY_MEMORY;
  }

  /** A changed wish begins with a clean slate: pauses and failures were earned by the old one. `entries`: as they are tried now. */
  notice(entries: readonly DesiredEntry[]): void {
    const wishes = new Map(entries.map((entry) => [entry.id, wishOf(entry)]));
    for (const app of new Set([...this.#wanted.keys(), ...wishes.keys()])) {
      const wish = wishes.get(app) ?? UNWANTED;
      if (this.#wanted.get(app) === wish) continue;
      this.#wanted.set(app, wish);
      this.#rounds.delete(app);
      this.#set(app, {
        backoff: NO_BACKOFF,
        lastError: null,
        failedStep: null,
        fetches: new Map(),
        goodSince: null,
        oldFailsSince: null,
        stuck: new Map(),
      });
    }
  }

  attempt(app: AppId, now: number, jitter: number): void {
    this.#set(app, { backoff: nextBackoff(this.of(app).backoff, now, jitter) });
  }

  /** `counted`: the attempt that failed is in the pauses already. */
  failed(
    app: AppId,
    error: string,
    now: number,
    jitter: number,
    counted: boolean,
    step: Omit<FailedStep, "error"> | null = null,
  ): void {
    if (!counted) this.attempt(app, now, jitter);
    this.#set(app, { lastError: error, failedStep: step && { ...step, error } });
  }

  /** An image could not be had for these apps. `retryAt`: when its registry says to ask again, ms since the epoch. */
  fetchFailed(
    apps: Iterable<AppId>,
    image: string,
    trouble: { readonly error: string; readonly permanent: boolean; readonly retryAt?: number | undefined },
    now: number,
    jitter: number,
  ): void {
    const { error, permanent, retryAt } = trouble;
    for (const app of apps) {
      const { fetches } = this.of(app);
      const next = nextBackoff(fetches.get(image)?.backoff ?? NO_BACKOFF, now, jitter);
      const backoff = { ...next, nextAt: Math.max(next.nextAt, retryAt ?? 0) };
      this.#set(app, { fetches: new Map([...fetches, [image, { backoff, error, permanent }]]) });
    }
  }

  fetched(image: string): void {
    for (const [app, { fetches }] of this.#apps)
      if (fetches.has(image)) this.#set(app, { fetches: new Map([...fetches].filter(([other]) => other !== image)) });
  }

  /** Whether all its containers did their work at that look. A clock that was turned back makes it begin anew. */
  works(app: AppId, works: boolean, at: number): void {
    const goodSince = sinceWhen(this.of(app).goodSince, works, at);
    if (goodSince !== this.of(app).goodSince) this.#set(app, { goodSince });
  }

  /** Whether the new ones of a generation did their work at that look, and one that did not change did not. */
  oldFails(app: AppId, fails: boolean, at: number): void {
    const oldFailsSince = sinceWhen(this.of(app).oldFailsSince, fails, at);
    if (oldFailsSince !== this.of(app).oldFailsSince) this.#set(app, { oldFailsSince });
  }

  /** We ended it on purpose; `false`: it was started, or is gone. */
  endedByUs(app: AppId, name: string, ended: boolean): void {
    const { stopped } = this.of(app);
    if (stopped.has(name) === ended) return;
    this.#set(app, { stopped: ended ? new Set([...stopped, name]) : new Set([...stopped].filter((n) => n !== name)) });
  }

  /**
   * Everything that could be done was done: what failed before is past. Attempts are forgiven by time alone. `round` names
   * what was done. The same again, and all was never well in between: it does not help and counts as failed, so that the
   * loop never runs hot.
   */
  succeeded(app: AppId, round: string, now: number, jitter: number): void {
    const before = this.#rounds.get(app);
    this.#rounds.set(app, round);
    if (before === round) this.failed(app, `${round} was done and is still to be done`, now, jitter, false);
    else this.#forgiveError(app);
  }

  /** The engine broke down over that step. Once is not the app's fault; the same again, and nothing well in between, is. */
  firstBreakdown(app: AppId, step: string): boolean {
    const round = `broke down over ${step}`;
    const first = this.#rounds.get(app) !== round;
    this.#rounds.set(app, round);
    return first;
  }

  /** It does its work at `now`, and nothing is to be put right. */
  good(app: AppId, now: number): void {
    this.#rounds.delete(app);
    this.#forgiveError(app);
    if (isForgiven(this.of(app).backoff, now)) this.#set(app, { backoff: NO_BACKOFF });
  }

  #forgiveError(app: AppId): void {
    if (this.of(app).lastError !== null) this.#set(app, { lastError: null, failedStep: null });
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

function sinceWhen(before: number | null, holds: boolean, at: number): number | null {
  if (!holds) return null;
  return before === null || before > at ? at : before;
}

/** Names what is wanted of an app: when it moves, the app is tried at once. null: it is not wanted. */
export function wishOf(entry: DesiredEntry | null): string {
  if (entry === null) return UNWANTED;
  if (entry.kind !== "resolved") return JSON.stringify([entry.kind, entry.problems.map(({ message }) => message)]);
  return JSON.stringify([
    entry.state,
    entry.restartedAt,
    entry.retriedAt,
    entry.containers.map(({ hash, fileSums }) => [hash, fileSums]),
  ]);
}
