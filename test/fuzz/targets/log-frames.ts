import { isDeepStrictEqual } from "node:util";
import { logLines } from "../../../src/adapters/podman/log-frames.ts";
import type { SeededRandom } from "../../../src/testkit/seeded-random.ts";
import { chunked } from "../chunked.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, target } from "../target.ts";

const HEADERS = [
  "\u0001\0\0\0\0\0\0\u0004",
  "\u0002\0\0\0\0\0\0\0",
  "\0\0\0\0\0\0\0\u0001",
  "\u0001\0\0\0\0\u0001\0\0",
  "\u0003\0\0\0\u007f\0\0\0",
];

/** Docker's frames of a container's output, cut anywhere. */
export const logFrames = target(
  "log-frames",
  (random, corpus, most) =>
    random.fraction() < 0.5 ? mutateText(random, corpus, most, HEADERS) : frames(random).subarray(0, most),
  async (input) => {
    const whole = await Array.fromAsync(logLines(chunked(input, 0)));
    const cut = await Array.fromAsync(logLines(chunked(input, input.length + 1)));
    demand(isDeepStrictEqual(cut, whole), "cut elsewhere, the lines are others");
    for (const { stream, text } of whole) {
      demand(stream === "stdout" || stream === "stderr", `the stream is ${stream}`);
      demand(!text.includes("\n"), "a line with a line's end inside");
    }
    const said = whole.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
    demand(said <= 3 * input.length + 2, `${input.length} bytes became ${said}`);
  },
);

/** Frames as the engine writes them, now and then with a wrong length. */
function frames(random: SeededRandom): Buffer {
  const many = Array.from({ length: random.integer(0, 40) }, () => {
    const body = Buffer.from(random.bytes(2 ** random.integer(0, 12)).map((byte) => (byte < 30 ? 10 : byte)));
    const header = Buffer.alloc(8);
    header[0] = random.integer(0, 4);
    header.writeUInt32BE(random.fraction() < 0.02 ? random.integer(0, 2 ** 32) : body.length, 4);
    return [header, body];
  });
  return Buffer.concat(many.flat());
}
