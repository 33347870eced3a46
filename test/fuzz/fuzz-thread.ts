import { Worker } from "node:worker_threads";
import { SharedInput } from "./shared-input.ts";
import type { Report, Task } from "./worker.ts";

/** How a thread was lost: on which input, and why. */
export interface Death {
  readonly index: number;
  readonly input: Uint8Array;
  readonly reason: string;
}

/** ms on one input before the thread is ended: far above the limit on processor time, for the machine may be busy. */
const HANG = 30_000;
/** MB: some hundred times the largest input. */
const HEAP = 256;

/** A thread that runs tasks, one at a time. One that hangs or takes all memory is ended; the next task gets a new one. */
export class FuzzThread implements AsyncDisposable {
  #worker: Worker | null = null;

  /** null: the task came to its end. */
  async run(task: Task, hear: (report: Report) => void): Promise<Death | null> {
    const worker = (this.#worker ??= newWorker());
    const shared = new SharedInput(task.shared);
    const { promise, resolve } = Promise.withResolvers<Death | null>();
    const die = (reason: string): void => resolve({ index: shared.index, input: shared.input, reason });
    let [seen, since] = [-1, performance.now()];
    const watch = setInterval(() => {
      const now = performance.now();
      if (shared.index !== seen) [seen, since] = [shared.index, now];
      else if (seen >= 0 && now - since > HANG) die(`hangs: not done after ${HANG} ms`);
    }, 250);
    const listen = (report: Report): void => {
      hear(report);
      if (report.kind === "done") resolve(null);
    };
    const fail = (error: unknown): void => die(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const leave = (code: number): void => die(`its thread ended with ${code}`);
    worker.on("message", listen).on("error", fail).on("exit", leave).postMessage(task);
    const death = await promise;
    clearInterval(watch);
    worker.off("message", listen).off("error", fail).off("exit", leave);
    if (death) await this[Symbol.asyncDispose]();
    return death;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }
}

function newWorker(): Worker {
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  // One that is out of memory may say so once more while it is being ended.
  return worker.on("error", () => undefined);
}
