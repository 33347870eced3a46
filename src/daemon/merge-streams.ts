import type { LogLine } from "../ports/engine.ts";

interface Tagged {
  readonly key: string;
  readonly line: LogLine;
}

/** Lines of several containers as they come. Ends when all have ended; one that fails ends the others. */
export async function* mergeStreams(
  streams: readonly { readonly key: string; readonly lines: AsyncIterable<LogLine> }[],
  signal: AbortSignal,
): AsyncGenerator<Tagged> {
  const pending = new Map<
    AsyncIterator<LogLine>,
    Promise<{ readonly key: string; readonly from: AsyncIterator<LogLine>; readonly result: IteratorResult<LogLine> }>
  >();
  const advance = (key: string, from: AsyncIterator<LogLine>): void => {
    pending.set(
      from,
      from.next().then((result) => ({ key, from, result })),
    );
  };
  for (const { key, lines } of streams) advance(key, lines[Symbol.asyncIterator]());
  try {
    while (pending.size > 0 && !signal.aborted) {
      const { key, from, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(from);
        continue;
      }
      yield { key, line: result.value };
      advance(key, from);
    }
  } finally {
    for (const [from, next] of pending) {
      next.catch(() => undefined);
      void from.return?.().catch(() => undefined);
    }
  }
}
