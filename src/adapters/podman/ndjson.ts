import { StringDecoder } from "node:string_decoder";

/** Characters. No engine says as much in a line; a longer one is left out, for nobody could hold one without an end. */
const LONGEST_LINE = 16_777_216;

/** Lines of a stream, without their ends; a chunk may end anywhere, in a character too. Empty lines are left out. */
export async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  // The parts of one line are joined at its end: looking at all of them with each chunk costs the square of its length.
  let parts: string[] = [];
  let length = 0;
  const keep = (part: string): void => {
    length += part.length;
    if (length <= LONGEST_LINE) parts.push(part);
    else parts = [];
  };
  const take = (): string => {
    const line = parts.join("");
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const [first = "", ...others] = decoder.write(chunk).split("\n");
    keep(first);
    for (const other of others) {
      const line = take();
      if (line !== "") yield line;
      keep(other);
    }
  }
  keep(decoder.end());
  const line = take();
  if (line !== "") yield line;
}

/** One JSON value a line; a line that is none is passed over. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  for await (const line of lines(chunks)) {
    const value = parse(line);
    if (value !== undefined) yield value;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
