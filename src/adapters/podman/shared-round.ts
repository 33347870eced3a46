/**
 * Work that does for many at once what each of them asks for. Who asks while a round is under way shares the next one:
 * a round that had begun before may have seen too little.
 */
export class SharedRound {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Ends as the first round ends that began after this call. */
  request(): Promise<void> {
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#begin();
      });
    return this.#next;
  }

  #begin(): Promise<void> {
    const round = this.#work().finally(() => {
      this.#running = null;
    });
    this.#running = round;
    return round;
  }
}
