import type { Clock } from "../../ports/clock.ts";
import type { EngineEvent } from "../../ports/engine.ts";
import { Bell } from "./bell.ts";
import type { EngineLies } from "./lies.ts";

/** How many delivered events the engine remembers for a reader that comes back. */
const KEPT = 4096;

/**
 * What happened, and what of it came through. A reader holds a position in what came through: one that breaks off and
 * comes back at its old position misses nothing but what the lies swallow.
 */
export class EventLog {
  readonly #clock: Clock;
  readonly #lies: EngineLies;
  readonly #bell = new Bell();
  #delivered: EngineEvent[] = [];
  /** Position of the first event in #delivered. */
  #first = 0;

  constructor(clock: Clock, lies: EngineLies) {
    this.#clock = clock;
    this.#lies = lies;
  }

  /** The position behind the newest event. */
  get end(): number {
    return this.#first + this.#delivered.length;
  }

  /** What came through and is still remembered, oldest first. */
  get delivered(): readonly EngineEvent[] {
    return this.#delivered;
  }

  emit(type: EngineEvent["type"], action: string, subject: string): void {
    const event: EngineEvent = { type, action, subject, at: this.#clock.now() };
    if (this.#lies.eventLost(event)) return;
    const delay = this.#lies.eventDelay(event);
    if (delay > 0) this.#clock.timer(delay, () => this.#deliver(event));
    else this.#deliver(event);
  }

  /** The event at a position, or at the oldest one that is remembered behind it. */
  read(position: number): { readonly event: EngineEvent; readonly next: number } | null {
    const at = Math.max(position, this.#first);
    const event = this.#delivered[at - this.#first];
    return event ? { event, next: at + 1 } : null;
  }

  /** Resolves when another event came through. */
  wait(): Promise<void> {
    return this.#bell.wait();
  }

  #deliver(event: EngineEvent): void {
    this.#delivered.push(event);
    if (this.#delivered.length > 2 * KEPT) {
      this.#delivered = this.#delivered.slice(KEPT);
      this.#first += KEPT;
    }
    this.#bell.ring();
  }
}
