import { engineError, type Operation } from "./error-table.ts";
import { asRecord, asText } from "./json-read.ts";
import { jsonLines } from "./ndjson.ts";

const LAST_LINES = 20;

/**
 * Reads a pull or a build to its end. Both are answered with 200 whatever happens: a failure is a line of its own.
 * Throws ARC_IMAGE_PULL or ARC_IMAGE_BUILD with the engine's words, after the last lines of the output.
 */
export async function followProgress(
  operation: Operation & ("pull" | "build"),
  chunks: AsyncIterable<Buffer>,
  progress?: (line: string) => void,
): Promise<void> {
  const last: string[] = [];
  let failure = "";
  for await (const value of jsonLines(chunks)) {
    const { stream, error, errorDetail } = asRecord(value);
    for (const line of asText(stream).split("\n")) {
      if (line.trim() === "") continue;
      progress?.(line);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
    }
    failure = asText(error) || asText(asRecord(errorDetail)["message"]) || failure;
  }
  if (failure !== "")
    throw engineError(operation, 200, operation === "build" ? [...last, failure].join("\n") : failure);
}
