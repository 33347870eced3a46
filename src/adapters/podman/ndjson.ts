import { StringDecoder } from "node:string_decoder";

/** Lines of a stream, without their ends; a chunk may end anywhere, in a character too. Empty lines are left out. */
export async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of chunks) {
    const parts = (rest + decoder.write(chunk)).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") yield part;
  }
  rest += decoder.end();
  if (rest !== "") yield rest;
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
