import type { LogLine, LogOptions } from "../../ports/engine.ts";
import { Bell } from "./bell.ts";

interface Entry extends LogLine {
  readonly at: number;
}

/** What one container wrote. */
export class LogBook {
  readonly #entries: Entry[] = [];
  readonly #bell = new Bell();

  write(at: number, text: string, stream: LogLine["stream"] = "stdout"): void {
    this.#entries.push({ at, text, stream });
    this.#bell.ring();
  }

  /** The container stopped or went: readers who follow look whether they are done. */
  end(): void {
    this.#bell.ring();
  }

  /** Follows for as long as `open` says so; `wait` bounds each wait. */
  async *read(
    options: LogOptions,
    open: () => boolean,
    wait: (work: Promise<void>) => Promise<void>,
  ): AsyncGenerator<LogLine> {
    const since = options.since ?? 0;
    let next = options.tail === undefined ? 0 : Math.max(0, this.#entries.length - options.tail);
    for (;;) {
      for (let entry = this.#entries[next]; entry; entry = this.#entries[next]) {
        next++;
        if (entry.at >= since) yield { stream: entry.stream, text: entry.text };
      }
      if (!options.follow || !open()) return;
      await wait(this.#bell.wait());
    }
  }
}
