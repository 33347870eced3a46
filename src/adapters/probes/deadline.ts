/**
 * One attempt's time: its signal fires when the caller's does, or after `ms`. Unlike AbortSignal.any it leaves nothing
 * behind on the caller's signal, which lives as long as the container and sees thousands of attempts.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#controller.abort(this.#caller.reason);
  #passed = false;

  constructor(ms: number, caller: AbortSignal) {
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.#passed = true;
      this.#controller.abort();
    }, ms);
    if (caller.aborted) this.#abort();
    else caller.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time is up, as opposed to a caller who gave up. */
  get passed(): boolean {
    return this.#passed;
  }

  /** The outcome of `task`, or a rejection when the signal fires first, also where the task does not heed it. */
  async race<T>(task: Promise<T>): Promise<T> {
    const { signal } = this;
    return Promise.race([
      task,
      new Promise<never>((_resolve, reject) => {
        const giveUp = (): void => reject(new Error("given up"));
        if (signal.aborted) giveUp();
        else signal.addEventListener("abort", giveUp, { once: true });
      }),
    ]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener("abort", this.#abort);
  }
}
