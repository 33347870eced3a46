interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** A binary heap by due time, then by registration. Cancelled entries leave when they come to the top. */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #order = 0;
  #cancelled = 0;

  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  add(due: number, callback: () => void): Disposable {
    const timer: Timer = { due, order: this.#order++, callback, cancelled: false };
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    let open = true;
    return {
      [Symbol.dispose]: () => {
        if (!open || timer.cancelled) return;
        open = false;
        timer.cancelled = true;
        this.#cancelled++;
      },
    };
  }

  peek(): { readonly due: number; readonly callback: () => void } | undefined {
    while (this.#heap[0]?.cancelled) {
      this.#pop();
      this.#cancelled--;
    }
    return this.#heap[0];
  }

  take(): void {
    if (!this.peek()) return;
    const timer = this.#pop();
    // A callback that disposes its own timer must not be counted as a cancelled entry of the heap.
    if (timer) timer.cancelled = true;
  }

  #pop(): Timer | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
    return top;
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other) return false;
    return one.due < other.due || (one.due === other.due && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }

  #up(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #down(from: number): void {
    for (let index = from; ;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) if (this.#before(child, least)) least = child;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }
}
