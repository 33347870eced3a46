/** How far a follower may fall behind before it is let go. */
const BEHIND = 10_000;

/** Hands each event to whoever follows at that moment. A follower that does not read is ended, with no harm to others. */
export class Subscribers<T> {
  readonly #queues = new Set<{ readonly items: T[]; wake: () => void; over: boolean }>();

  send(event: T): void {
    for (const queue of this.#queues) {
      queue.items.push(event);
      if (queue.items.length > BEHIND) queue.over = true;
      queue.wake();
    }
  }

  async *follow(signal: AbortSignal): AsyncGenerator<T> {
    const queue = { items: [] as T[], wake: () => {}, over: signal.aborted };
    const end = (): void => {
      queue.over = true;
      queue.wake();
    };
    signal.addEventListener("abort", end, { once: true });
    this.#queues.add(queue);
    try {
      while (!queue.over) {
        const next = queue.items.shift();
        if (next !== undefined) {
          yield next;
          continue;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        queue.wake = resolve;
        await promise;
      }
    } finally {
      this.#queues.delete(queue);
      signal.removeEventListener("abort", end);
    }
  }
}
