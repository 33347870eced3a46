import { SeededRandom } from "../../src/testkit/seeded-random.ts";

/** Pieces: more would measure the stream and not its reader. */
const MOST = 20_000;

/** The bytes as a stream in pieces of any size. The same seed cuts at the same places; 0 does not cut. */
export async function* chunked(bytes: Buffer, seed: number): AsyncGenerator<Buffer> {
  const random = new SeededRandom(seed);
  const largest =
    seed === 0 ? bytes.length : Math.max(2 ** random.integer(0, 17), Math.ceil((2 * bytes.length) / MOST));
  for (let at = 0; at < bytes.length;) {
    const end = at + (seed === 0 ? bytes.length : random.integer(1, largest + 1));
    yield bytes.subarray(at, end);
    at = end;
  }
}
