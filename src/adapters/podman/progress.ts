import { ArcError } from "../../core/errors/arc-error.ts";
import type { PullProgress } from "../../ports/engine.ts";
import { engineError } from "./error-table.ts";
import { FetchWords } from "./fetch-words.ts";
import { asRecord, asText } from "./json-read.ts";
import { jsonLines } from "./ndjson.ts";

const LAST_LINES = 20;
/** Characters of each that are kept for a build's error. */
const LONGEST_LINE = 1_000;

/**
 * Reads a pull or a build to its end. Both are answered with 200 whatever happens: a failure is a line of its own.
 * Throws what error-table says of the engine's words; a build that fails by itself also tells the last lines of its
 * output.
 */
export async function followProgress(
  operation: "pull" | "build",
  chunks: AsyncIterable<Buffer>,
  progress?: (progress: PullProgress) => void,
): Promise<void> {
  const words = new FetchWords();
  const last: string[] = [];
  let failure = "";
  for await (const value of jsonLines(chunks)) {
    const { stream, error, errorDetail } = asRecord(value);
    for (const line of asText(stream).split("\n")) {
      if (line.trim() === "") continue;
      progress?.(words.read(line));
      last.push(line.slice(0, LONGEST_LINE));
      if (last.length > LAST_LINES) last.shift();
    }
    failure = asText(error) || asText(asRecord(errorDetail)["message"]) || failure;
  }
  if (failure === "") return;
  const thrown = engineError(operation, 200, failure);
  if (thrown.code !== "ARC_IMAGE_BUILD") throw thrown;
  throw new ArcError(thrown.code, [...last, thrown.message].join("\n"));
}
