import type { SeededRandom } from "../../src/testkit/seeded-random.ts";

/** What runs a target's inputs, one after the other; given back at the end. */
export interface Subject extends AsyncDisposable {
  /** Feeds one input. Throws where the outcome breaks a promise; the message says which. */
  readonly check: (input: Buffer) => void | Promise<void>;
}

/** A part of the program that reads what others wrote. */
export interface Target {
  /** Its corpus lies in `corpus/<name>/`. */
  readonly name: string;
  /** A new input from the corpus and chance: the same of both gives the same bytes. `most` is its size in bytes. */
  readonly make: (random: SeededRandom, corpus: readonly Buffer[], most: number) => Buffer;
  readonly open: () => Promise<Subject>;
}

/** A target that is a function and keeps nothing. */
export function target(name: string, make: Target["make"], check: Subject["check"]): Target {
  return { name, make, open: async () => ({ check, [Symbol.asyncDispose]: async () => undefined }) };
}

/** A promise that an input broke. */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
