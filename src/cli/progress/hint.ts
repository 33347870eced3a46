import { setTimeout as sleep } from "node:timers/promises";
import type { NodeApi } from "../../rpc/node-api.ts";

/** Wakes a waiter; what comes while nobody waits is not lost. */
export class Hint {
  #pending = false;
  #wake: () => void = () => {};

  give(): void {
    this.#pending = true;
    this.#wake();
  }

  /** Whether one was given within `ms`. */
  async come(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#pending && !signal.aborted) {
      const wake = new AbortController();
      this.#wake = () => wake.abort();
      await sleep(ms, undefined, { signal: AbortSignal.any([wake.signal, signal]) }).catch(() => {});
    }
    const given = this.#pending;
    this.#pending = false;
    return given;
  }
}

/** Makes a hint of every event, until the signal fires. Never rejects. */
export async function listen(node: NodeApi, hint: Hint, signal: AbortSignal): Promise<void> {
  try {
    for await (const _event of node.events(signal)) hint.give();
  } catch {
    // The looks go on without hints; where the daemon is gone, they say so.
  }
}
