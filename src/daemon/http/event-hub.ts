import type { EVENT_NAMES } from "../../rpc/streams.ts";
import type { NodeApi, NodeEvent } from "../../rpc/node-api.ts";
import { BoundedQueue } from "./bounded-queue.ts";

/** One server-sent event. */
export interface StreamedEvent {
  readonly id: string;
  readonly name: (typeof EVENT_NAMES)[number];
  /** JSON, on one line. */
  readonly data: string;
}

export interface EventHubOptions {
  /** Names this life of the daemon: ids of another life can't be resumed from. */
  readonly life: string;
  /** How many events can be sent again. */
  readonly replay: number;
  /** How many events a client may be behind before it is dropped. */
  readonly behind: number;
  readonly onError: (error: unknown) => void;
}

export interface Subscription extends Disposable {
  readonly events: BoundedQueue<StreamedEvent>;
  /** The id to resume from before any event has come; null for a client that brought one. */
  readonly position: string | null;
}

interface Subscriber {
  readonly queue: BoundedQueue<StreamedEvent>;
  readonly drop: () => void;
}

/** Listens to the node once and passes its events on to any number of clients, the slow ones excepted. */
export class EventHub implements AsyncDisposable {
  readonly #api: NodeApi;
  readonly #options: EventHubOptions;
  readonly #stop = new AbortController();
  readonly #subscribers = new Set<Subscriber>();
  readonly #ring: { readonly number: number; readonly event: StreamedEvent }[] = [];
  #last = 0;
  #listening: Promise<void> | null = null;

  constructor(api: NodeApi, options: EventHubOptions) {
    this.#api = api;
    this.#options = options;
    this.#listen();
  }

  /**
   * Events after `lastEventId`, or from now on. Where that place is not known any more, the first event is a `reset`.
   * `drop` is called when the client has fallen too far behind; nothing comes after that.
   */
  subscribe(lastEventId: string | undefined, drop: () => void): Subscription {
    this.#listen();
    const missed = lastEventId === undefined ? [] : this.#since(lastEventId);
    // The replay must fit besides what a client may be behind, or a resume after a long gap would never succeed.
    const queue = new BoundedQueue<StreamedEvent>(this.#options.behind + missed.length);
    for (const event of missed) queue.push(event);
    const subscriber = { queue, drop };
    this.#subscribers.add(subscriber);
    const leave = (): void => {
      this.#subscribers.delete(subscriber);
      queue.end();
    };
    if (this.#stop.signal.aborted) leave();
    const position = lastEventId === undefined ? this.#id(this.#last) : null;
    return { events: queue, position, [Symbol.dispose]: leave };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#endAll();
    await this.#listening;
  }

  /** Also brings the listening back after the node's stream broke: whoever subscribes next starts it again. */
  #listen(): void {
    if (this.#listening || this.#stop.signal.aborted) return;
    this.#listening = this.#pump().finally(() => {
      this.#listening = null;
    });
  }

  async #pump(): Promise<void> {
    try {
      for await (const event of this.#api.events(this.#stop.signal)) this.#publish(event);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onError(error);
    }
    // Events may be missed from here on, so nobody may resume from before.
    this.#ring.length = 0;
    this.#last += 1;
    this.#endAll();
  }

  #publish(event: NodeEvent): void {
    this.#last += 1;
    const streamed = { id: this.#id(this.#last), name: event.type, data: JSON.stringify(event) };
    this.#ring.push({ number: this.#last, event: streamed });
    if (this.#ring.length > this.#options.replay) this.#ring.shift();
    for (const subscriber of this.#subscribers) {
      if (subscriber.queue.push(streamed)) continue;
      this.#subscribers.delete(subscriber);
      subscriber.queue.end();
      subscriber.drop();
    }
  }

  #since(lastEventId: string): readonly StreamedEvent[] {
    const match = /^([0-9a-z]+)-(\d{1,15})$/.exec(lastEventId);
    const number = Number(match?.[2]);
    const oldest = this.#ring[0]?.number ?? this.#last + 1;
    if (match?.[1] === this.#options.life && number >= oldest - 1 && number <= this.#last)
      return this.#ring.filter((kept) => kept.number > number).map((kept) => kept.event);
    return [{ id: this.#id(this.#last), name: "reset", data: "{}" }];
  }

  #id(number: number): string {
    return `${this.#options.life}-${number}`;
  }

  #endAll(): void {
    for (const { queue } of this.#subscribers) queue.end();
    this.#subscribers.clear();
  }
}
