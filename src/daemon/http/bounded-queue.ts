/** What a wait on a queue ended with. */
export type Taken<T> =
  | { readonly kind: "item"; readonly item: T }
  | { readonly kind: "idle" }
  | { readonly kind: "end" };

/** A queue between one writer that never waits and one reader that does. Holds at most `limit` items. */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #limit: number;
  #ended = false;
  #wake: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** false where the reader is too far behind: the item is not taken. */
  push(item: T): boolean {
    if (this.#ended || this.#items.length >= this.#limit) return false;
    this.#items.push(item);
    this.#wake();
    return true;
  }

  /** What is queued can still be taken. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The next item, or `idle` after `patience` ms without one. */
  async take(patience: number): Promise<Taken<T>> {
    if (this.#items.length === 0 && !this.#ended) await this.#change(patience);
    const item = this.#items.shift();
    if (item !== undefined) return { kind: "item", item };
    return { kind: this.#ended ? "end" : "idle" };
  }

  #change(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
