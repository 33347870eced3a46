import { ArcError } from "../core/errors/arc-error.ts";
import type { AppId } from "../core/ids.ts";
import type { ProbeManifest } from "../core/manifest/health-schema.ts";
import type { ProbeKind, ProbeMemory } from "../core/memory/memory.ts";
import { recordProbe } from "../core/memory/probe-memory.ts";
import type { OwnContainer } from "../core/observed/own-container.ts";
import type { Slot } from "../core/plan/match.ts";
import type { Clock } from "../ports/clock.ts";
import type { Prober, ProbeResult, ProbeTarget } from "../ports/prober.ts";

/** Until it first passes, a probe is tried in quick succession, so that what is ready is seen at once. */
const QUICK_FIRST_MS = 40;
const QUICK_FACTOR = 1.6;

type Report = (app: AppId, found: OwnContainer, kind: ProbeKind, seen: ProbeMemory, turned: boolean) => void;

/** Runs the probes of every running container, each on its own interval. The engine schedules none. */
export class ProbeSchedule implements Disposable {
  readonly #clock: Clock;
  readonly #prober: Prober;
  readonly #report: Report;
  readonly #runs = new Map<string, ContainerProbes>();

  constructor(clock: Clock, prober: Prober, report: Report) {
    this.#clock = clock;
    this.#prober = prober;
    this.#report = report;
  }

  /** Begins probes for runs that are new, ends those of runs that are over or whose probes were edited. */
  sync(apps: Iterable<{ readonly id: AppId; readonly slots: readonly Slot[] }>): void {
    const seen = new Set<string>();
    for (const { id: app, slots } of apps) {
      for (const { desired, match } of slots) {
        if (!match?.alive || match.summary.state !== "running" || desired.oneShot) continue;
        const key = JSON.stringify([match.id, match.run, desired.health, addressOf(match)]);
        seen.add(key);
        if (this.#runs.has(key)) continue;
        const target: ProbeTarget = { name: match.name, address: addressOf(match) };
        const report = (kind: ProbeKind, memory: ProbeMemory, turned: boolean) =>
          this.#report(app, match, kind, memory, turned);
        this.#runs.set(key, new ContainerProbes(this.#clock, this.#prober, target, desired.health, report));
      }
    }
    for (const [key, run] of this.#runs) {
      if (seen.has(key)) continue;
      this.#runs.delete(key);
      run[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    for (const run of this.#runs.values()) run[Symbol.dispose]();
    this.#runs.clear();
  }
}

/** Host network: this host. Bridge: the first address. None: command probes only. */
function addressOf({ detail }: OwnContainer): string | null {
  if (detail.networkMode === "host") return "127.0.0.1";
  return Object.values(detail.attachments).find(({ ip }) => ip !== "")?.ip ?? null;
}

/** A prober does not throw for what a container does; where it throws all the same, that is no reason to end the daemon. */
function wentWrong(error: unknown): ProbeResult {
  return { outcome: "fail", detail: ArcError.from(error).message.slice(0, 300) };
}

/** One run of one container: startup until it passes, then readiness and liveness side by side. */
class ContainerProbes implements Disposable {
  readonly #clock: Clock;
  readonly #prober: Prober;
  readonly #target: ProbeTarget;
  readonly #probes: Readonly<Partial<Record<ProbeKind, ProbeManifest | undefined>>>;
  readonly #report: (kind: ProbeKind, memory: ProbeMemory, turned: boolean) => void;
  readonly #over = new AbortController();
  readonly #timers = new Map<ProbeKind, Disposable>();

  constructor(
    clock: Clock,
    prober: Prober,
    target: ProbeTarget,
    probes: Readonly<Partial<Record<ProbeKind, ProbeManifest | undefined>>>,
    report: (kind: ProbeKind, memory: ProbeMemory, turned: boolean) => void,
  ) {
    this.#clock = clock;
    this.#prober = prober;
    this.#target = target;
    this.#probes = probes;
    this.#report = report;
    if (probes.startup) this.#begin("startup", probes.startup);
    else this.#beginSteady();
  }

  #beginSteady(): void {
    if (this.#probes.readiness) this.#begin("readiness", this.#probes.readiness);
    if (this.#probes.liveness) this.#begin("liveness", this.#probes.liveness);
  }

  #begin(kind: ProbeKind, probe: ProbeManifest): void {
    this.#later(kind, probe, 0, undefined, this.#clock.now(), QUICK_FIRST_MS);
  }

  #later(
    kind: ProbeKind,
    probe: ProbeManifest,
    delay: number,
    before: ProbeMemory | undefined,
    countedAt: number,
    quick: number,
  ): void {
    const timer = this.#clock.timer(delay, () => {
      void this.#attempt(kind, probe, before, countedAt, quick);
    });
    this.#timers.set(kind, timer);
  }

  async #attempt(
    kind: ProbeKind,
    probe: ProbeManifest,
    before: ProbeMemory | undefined,
    countedAt: number,
    quick: number,
  ): Promise<void> {
    const result = await this.#prober.probe(this.#target, probe, this.#over.signal).catch(wentWrong);
    if (this.#over.signal.aborted) return;
    const now = this.#clock.now();
    const counts = now - countedAt >= probe.interval;
    const seen = recordProbe(before, result, { at: now, limit: probe.failures, counts });
    const turned =
      seen.outcome !== before?.outcome || (seen.failures === probe.failures && before.failures !== seen.failures);
    this.#report(kind, seen, turned);
    if (kind === "startup" && seen.outcome === "pass") {
      this.#beginSteady();
      return;
    }
    const settled = seen.outcome !== "fail" || kind === "liveness";
    const delay = settled ? probe.interval : Math.min(probe.interval, quick);
    this.#later(kind, probe, delay, seen, counts ? now : countedAt, quick * QUICK_FACTOR);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
  }
}
