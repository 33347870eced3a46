import type { LogEntry } from "../../rpc/node-api.ts";
import { presentable } from "../../rpc/rpc-error.ts";
import { httpError } from "./refusal.ts";

/**
 * Log entries as NDJSON. The first entry is waited for by the caller, so that an unknown app is a status and not a line;
 * what goes wrong later is the last line, `{ "error": ... }`.
 */
export async function* logText(
  first: IteratorResult<LogEntry, unknown>,
  rest: AsyncIterator<LogEntry, unknown>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  try {
    for (let entry = first; !entry.done; entry = await rest.next())
      yield encoder.encode(`${JSON.stringify(entry.value)}\n`);
  } catch (error) {
    if (signal.aborted) return;
    const shown = presentable(error);
    if (shown.code === "ARC_INTERNAL") onError(error);
    yield encoder.encode(`${JSON.stringify(httpError(shown))}\n`);
  } finally {
    await rest.return?.();
  }
}
