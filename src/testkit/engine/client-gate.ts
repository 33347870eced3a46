import { ArcError } from "../../core/errors/arc-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { bounded } from "./bounded.ts";
import { DaemonKilled, type FaultPlan } from "./faults.ts";
import { MUTATING_OPS, type EngineCall, type EngineOp } from "./ops.ts";
import type { Service } from "./service.ts";

/** ms after which a client gives a call up, as the Podman adapter does: one that looks, one that changes something. */
const LOOK_DEADLINE = 30_000;
export const CHANGE_DEADLINE = 120_000;

/** What stands between every client and the engine. */
export interface GateSetting {
  readonly clock: Clock;
  readonly service: Service;
  readonly faults: FaultPlan;
  /** Grows by one for each call. */
  readonly calls: EngineCall[];
  /** ms that a call of this kind takes before it has its effect; default 0. */
  readonly costs: Partial<Record<EngineOp, number>>;
}

interface Call<T> {
  readonly op: EngineOp;
  readonly ref: string;
  /** The effect. Gets the signals that end this call. */
  readonly work: (stops: readonly AbortSignal[]) => T | Promise<T>;
  /** Half of the effect; absent: none. */
  readonly partial?: () => void;
  readonly signal?: AbortSignal | undefined;
  /** ms; null: as long as the caller likes. */
  readonly deadline?: number | null;
}

/** Lets one client's calls through: writes them down, applies faults, time and deadlines, and ends with its daemon. */
export class ClientGate {
  readonly #setting: GateSetting;
  readonly #death = new AbortController();

  constructor(setting: GateSetting) {
    this.#setting = setting;
  }

  /** Fires when the daemon that holds this client is killed. */
  get killed(): AbortSignal {
    return this.#death.signal;
  }

  kill(): void {
    this.#death.abort(new DaemonKilled());
  }

  /** Checks and writes down a call that begins. */
  enter(op: EngineOp, ref: string, signal?: AbortSignal): void {
    this.#death.signal.throwIfAborted();
    signal?.throwIfAborted();
    this.#setting.calls.push({ op, ref });
    this.#setting.service.check();
  }

  async run<T>(call: Call<T>): Promise<T> {
    this.enter(call.op, call.ref, call.signal);
    const fault = this.#setting.faults.next(call.op);
    if (!fault) return this.#serve(call);
    switch (fault.when) {
      case "hang":
        return this.wait(call, new Promise<T>(() => {}));
      case "partial":
        call.partial?.();
        break;
      case "after":
        await this.#serve(call);
        break;
      case "before":
        break;
    }
    if (fault.kills) this.kill();
    throw fault.error;
  }

  /** Waits within the bounds of a call. */
  wait<T>(call: Pick<Call<T>, "op" | "signal" | "deadline">, work: Promise<T>): Promise<T> {
    const usual = MUTATING_OPS.has(call.op) || call.op === "healthcheck" ? CHANGE_DEADLINE : LOOK_DEADLINE;
    const ms = call.deadline === undefined ? usual : call.deadline;
    const error = () => new ArcError("ARC_ENGINE_TIMEOUT", `${call.op} was not done in ${ms} ms`);
    return bounded(work, {
      clock: this.#setting.clock,
      stops: this.stops(call.signal),
      ...(ms === null ? {} : { deadline: { ms, error } }),
    });
  }

  stops(signal?: AbortSignal): readonly AbortSignal[] {
    const own = [this.#death.signal, this.#setting.service.life];
    return signal ? [signal, ...own] : own;
  }

  /** The service goes on with what it began when its client leaves, and not when it ends itself. */
  #serve<T>(call: Call<T>): T | Promise<T> {
    const { clock, service, costs } = this.#setting;
    const cost = costs[call.op] ?? 0;
    const stops = this.stops(call.signal);
    const begun = cost > 0 ? clock.sleep(cost, service.life).then(() => call.work(stops)) : call.work(stops);
    return begun instanceof Promise ? this.wait(call, begun) : begun;
  }
}
