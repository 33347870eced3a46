const HEADER = 8;

/** The input that a worker reads just now, where its parent sees it still when the worker hangs or runs out of memory. */
export class SharedInput {
  readonly #header: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#header = new Int32Array(buffer, 0, 2);
    this.#bytes = new Uint8Array(buffer, HEADER);
  }

  static allocate(most: number): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(HEADER + most);
    new SharedInput(buffer).rest();
    return buffer;
  }

  publish(index: number, input: Uint8Array): void {
    this.#bytes.set(input);
    this.#header[1] = input.length;
    Atomics.store(this.#header, 0, index);
  }

  /** Nothing is being read. */
  rest(): void {
    Atomics.store(this.#header, 0, -1);
  }

  /** -1: none yet, or none any more. */
  get index(): number {
    return Atomics.load(this.#header, 0);
  }

  /** A copy. */
  get input(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, this.#header[1] ?? 0));
  }
}
