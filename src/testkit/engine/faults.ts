import { ArcError } from "../../core/errors/arc-error.ts";
import { MUTATING_OPS, type EngineOp } from "./ops.ts";

/**
 * `before`: nothing happened and the call throws. `after`: it happened and the call throws. `partial`: half of it
 * happened (see engine-client.ts for what that is) and the call throws. `hang`: no answer until the caller's signal or
 * the call's deadline; nothing happened.
 */
export type FaultWhen = "before" | "after" | "partial" | "hang";

/** What an engine client throws when the daemon that holds it has been killed. No ArcError: nothing may handle it. */
export class DaemonKilled extends Error {
  override readonly name = "DaemonKilled";

  constructor() {
    super("the daemon was killed");
  }
}

export interface Fault {
  readonly when: FaultWhen;
  /** The whole daemon dies in this call. */
  readonly kills: boolean;
  readonly error: Error;
}

interface Planned extends Fault {
  /** How many more matching calls until it strikes. */
  left: number;
  readonly matches: (op: EngineOp) => boolean;
}

/** Which calls shall fail, and how. Counting starts when a fault is planned: the first call after that is number 1. */
export class FaultPlan {
  #planned: Planned[] = [];

  /** The `nth` call of `op` from now fails in this way. */
  fail(op: EngineOp, nth: number, when: FaultWhen, error: Error = refused(op)): void {
    this.#add({ matches: (called) => called === op, left: nth, when, error, kills: false });
  }

  /** At the `nth` mutating call from now the daemon dies, as by SIGKILL: its client answers nothing any more. */
  killAt(nth: number, when: Exclude<FaultWhen, "hang"> = "before"): void {
    this.#add({ matches: (op) => MUTATING_OPS.has(op), left: nth, when, error: new DaemonKilled(), kills: true });
  }

  /** How many faults have not struck yet. */
  get pending(): number {
    return this.#planned.length;
  }

  clear(): void {
    this.#planned = [];
  }

  /** Counts one call and says what strikes it; the first planned wins where two would. */
  next(op: EngineOp): Fault | null {
    if (this.#planned.length === 0) return null;
    let struck: Planned | null = null;
    for (const fault of this.#planned) {
      if (fault.matches(op) && --fault.left === 0) struck ??= fault;
    }
    if (struck) this.#planned = this.#planned.filter((fault) => fault.left > 0);
    return struck;
  }

  #add(fault: Planned): void {
    if (!Number.isInteger(fault.left) || fault.left < 1) throw new RangeError("calls are counted from 1");
    this.#planned.push(fault);
  }
}

const refused = (op: EngineOp): ArcError => new ArcError("ARC_ENGINE_REFUSED", `injected failure of ${op}`);
