import { StringDecoder } from "node:string_decoder";
import type { LogLine } from "../../ports/engine.ts";

const HEADER = 8;

/**
 * The engine's log stream -> lines. Frames are Docker's: a byte for the stream (1 stdout, 2 stderr), three of zero, four
 * of length (big endian), then the text. Chunks may split frames, frames may split lines, and the last line of each
 * stream may have no end.
 */
export async function* logLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const streams = { stdout: new LineBuffer(), stderr: new LineBuffer() };
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= HEADER) {
      const end = HEADER + held.readUInt32BE(4);
      if (held.length < end) break;
      const stream = held[0] === 2 ? "stderr" : "stdout";
      for (const text of streams[stream].push(held.subarray(HEADER, end))) yield { stream, text };
      held = held.subarray(end);
    }
  }
  for (const stream of ["stdout", "stderr"] as const) {
    const text = streams[stream].end();
    if (text !== "") yield { stream, text };
  }
}

class LineBuffer {
  readonly #decoder = new StringDecoder("utf8");
  readonly #parts: string[] = [];

  push(bytes: Buffer): readonly string[] {
    const texts = this.#decoder.write(bytes).split("\n");
    const rest = texts.pop() ?? "";
    if (texts.length > 0) texts[0] = this.#take() + (texts[0] ?? "");
    if (rest !== "") this.#parts.push(rest);
    return texts;
  }

  end(): string {
    return this.#take() + this.#decoder.end();
  }

  #take(): string {
    return this.#parts.splice(0).join("");
  }
}
