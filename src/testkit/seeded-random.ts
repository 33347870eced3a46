import type { Random } from "../ports/random.ts";

/** The same seed gives the same numbers (sfc32). Not for anything secret, whatever the port says of `bytes`. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let turn = 0; turn < 12; turn++) this.#next();
  }

  fraction(): number {
    return this.#next() / 0x1_0000_0000;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next() >>> 24);
  }

  /** low <= x < high, whole. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low));
  }

  /** One of them; throws for an empty list. */
  pick<T>(items: readonly T[]): T {
    for (const item of items.slice(this.integer(0, items.length))) return item;
    throw new RangeError("nothing to pick from");
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
