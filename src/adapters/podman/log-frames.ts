import { StringDecoder } from "node:string_decoder";
import type { LogLine } from "../../ports/engine.ts";

const HEADER = 8;
/** Characters. A longer line comes in pieces: whoever writes without an end must not take our memory. */
const LONGEST_LINE = 1_048_576;

/**
 * The engine's log stream -> lines. Frames are Docker's: a byte for the stream (1 stdout, 2 stderr), three of zero, four
 * of length (big endian), then the text. Chunks may split frames, frames may split lines, and the last line of each
 * stream may have no end. What is no frame is stdout from there on: a container with a terminal is told without frames.
 */
export async function* logLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const streams = { stdout: new LineBuffer(), stderr: new LineBuffer() };
  const frames = new FrameReader();
  for await (const chunk of chunks) {
    for (const { stream, bytes } of frames.push(chunk)) {
      for (const text of streams[stream].push(bytes)) yield { stream, text };
    }
  }
  for (const text of streams.stdout.push(frames.end())) yield { stream: "stdout", text };
  for (const stream of ["stdout", "stderr"] as const) {
    const text = streams[stream].end();
    if (text !== "") yield { stream, text };
  }
}

interface Part {
  readonly stream: LogLine["stream"];
  readonly bytes: Buffer;
}

/** Gives a frame's text as it comes: a length is believed, but no memory is laid aside for it. */
class FrameReader {
  readonly #header = Buffer.alloc(HEADER);
  #filled = 0;
  #left = 0;
  #plain = false;

  *push(chunk: Buffer): Generator<Part> {
    for (let at = 0; at < chunk.length;) {
      if (this.#plain) {
        yield { stream: "stdout", bytes: chunk.subarray(at) };
        return;
      }
      if (this.#left > 0) {
        const bytes = chunk.subarray(at, at + this.#left);
        this.#left -= bytes.length;
        at += bytes.length;
        yield { stream: this.#header[0] === 2 ? "stderr" : "stdout", bytes };
        continue;
      }
      const copied = chunk.copy(this.#header, this.#filled, at);
      this.#filled += copied;
      at += copied;
      if (this.#filled < HEADER) return;
      this.#filled = 0;
      this.#plain = !isHeader(this.#header);
      if (this.#plain) yield { stream: "stdout", bytes: Buffer.from(this.#header) };
      else this.#left = this.#header.readUInt32BE(4);
    }
  }

  /** What was too short for a header, and is none. */
  end(): Buffer {
    const rest = this.#header.subarray(0, this.#filled);
    return isHeader(rest) ? Buffer.alloc(0) : rest;
  }
}

/** Whether bytes begin as a frame does. */
function isHeader(bytes: Buffer): boolean {
  const [stream = 0, ...zeros] = bytes.subarray(0, 4);
  return stream <= 2 && zeros.every((byte) => byte === 0);
}

class LineBuffer {
  readonly #decoder = new StringDecoder("utf8");
  readonly #parts: string[] = [];
  #length = 0;

  *push(bytes: Buffer): Generator<string> {
    const [first = "", ...others] = this.#decoder.write(bytes).split("\n");
    yield* this.#add(first);
    for (const other of others) {
      yield this.#take();
      yield* this.#add(other);
    }
  }

  end(): string {
    return this.#take() + this.#decoder.end();
  }

  *#add(text: string): Generator<string> {
    let rest = text;
    while (this.#length + rest.length > LONGEST_LINE) {
      const room = LONGEST_LINE - this.#length;
      this.#parts.push(rest.slice(0, room));
      yield this.#take();
      rest = rest.slice(room);
    }
    if (rest === "") return;
    this.#parts.push(rest);
    this.#length += rest.length;
  }

  #take(): string {
    this.#length = 0;
    return this.#parts.splice(0).join("");
  }
}
