import { randomBytes } from "node:crypto";
import type { Random } from "../../ports/random.ts";

/** The machine's own randomness. */
export class SystemRandom implements Random {
  fraction(): number {
    return Math.random();
  }

  bytes(count: number): Uint8Array {
    return randomBytes(count);
  }
}
