import { SeededRandom } from "../../src/testkit/seeded-random.ts";

/** The bytes as a stream in pieces of any size. The same seed cuts at the same places; 0 does not cut. */
export async function* chunked(bytes: Buffer, seed: number): AsyncGenerator<Buffer> {
  const random = new SeededRandom(seed);
  const largest = seed === 0 ? bytes.length : 2 ** random.integer(0, 17);
  for (let at = 0; at < bytes.length;) {
    const end = at + (seed === 0 ? bytes.length : random.integer(1, largest + 1));
    yield bytes.subarray(at, end);
    at = end;
  }
}
