import { ArcError } from "../core/errors/arc-error.ts";
import type { EngineStatus } from "../core/status/status.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerEngine } from "../ports/engine.ts";
import type { HistoryStore } from "../ports/history-store.ts";
import type { Log } from "../ports/log.ts";
import { meansEngineAway } from "./engine-away.ts";

/** Starts the engine's service where it is down. */
export interface EngineService {
  /** Resolves when it answers; throws ARC_ENGINE_UNAVAILABLE. */
  ensure(signal: AbortSignal): Promise<void>;
}

interface LinkOptions {
  readonly engine: ContainerEngine;
  readonly service: EngineService;
  readonly clock: Clock;
  readonly history: HistoryStore;
  readonly log: Log;
  /** The engine came back, or one of its events says that something changed. */
  readonly hint: (when: "now" | "soon") => void;
}

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** Whether the engine is there, and its events as hints. Away is a state with a reason, never a crash. */
export class EngineLink {
  readonly #options: LinkOptions;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  #status: EngineStatus;
  /** Ends the events stream that is being followed, so that the service is asked for again. */
  #cut: AbortController | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#status = { state: "unavailable", reason: "not asked yet", since: options.clock.now() };
  }

  get status(): EngineStatus {
    return this.#status;
  }

  onChange(listener: (status: EngineStatus) => void): void {
    this.#listeners.add(listener);
  }

  /** A look met an engine that does not answer, or not in time: what the events stream notices later or never. */
  suspect(error: ArcError): void {
    if (!meansEngineAway(error)) return;
    this.#lost(error);
    this.#cut?.abort();
  }

  /** Follows the engine until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { engine, service, clock, hint } = this.#options;
    let pause = FIRST_PAUSE;
    while (!signal.aborted) {
      this.#cut = new AbortController();
      const either = AbortSignal.any([signal, this.#cut.signal]);
      try {
        await service.ensure(signal);
        const { version } = await engine.info(signal);
        this.#found(version);
        pause = FIRST_PAUSE;
        hint("now");
        for await (const event of engine.events(either)) {
          if (event.type === "container" || event.type === "network") hint("soon");
        }
        // A service that ends in an orderly way closes the stream without an error.
        this.#lost(new ArcError("ARC_ENGINE_UNAVAILABLE", "Podman ended its stream of events"));
      } catch (thrown) {
        if (signal.aborted) return;
        if (!this.#cut.signal.aborted) this.#lost(ArcError.from(thrown));
      }
      await clock.sleep(pause, signal).catch(() => undefined);
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    }
  }

  #found(version: string): void {
    if (this.#status.state === "available") return;
    this.#turn({ state: "available", version, since: this.#options.clock.now() }, `Podman ${version} answers`);
  }

  #lost(error: ArcError): void {
    if (this.#status.state === "unavailable" && this.#status.reason !== "not asked yet") return;
    this.#turn({ state: "unavailable", reason: error.message, since: this.#options.clock.now() }, error.message);
  }

  #turn(status: EngineStatus, reason: string): void {
    const { clock, history, log } = this.#options;
    this.#status = status;
    const action = status.state === "available" ? "engine.found" : "engine.lost";
    log[status.state === "available" ? "info" : "warn"]({ action }, reason);
    history.append({
      at: clock.now(),
      app: null,
      container: null,
      actor: "daemon",
      action,
      reason,
      result: "noted",
      detail: "",
      diff: [],
      duration: 0,
    });
    for (const listener of this.#listeners) listener(status);
  }
}
