import { ArcError } from "../core/errors/arc-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerEngine, LogLine } from "../ports/engine.ts";

export interface LastLinesLimits {
  /** How many lines. */
  readonly lines: number;
  /** Bytes of all lines together; the oldest go first. */
  readonly bytes?: number;
  /** ms. */
  readonly within?: number;
}

/** A log of single endless lines must still fit: the beginning of a line says most. Characters. */
const LONGEST_LINE = 4_096;

/**
 * The last lines that a container wrote, oldest first; fewer where the time is over, none where it is gone or the engine
 * does not answer: what they are shown beside is true without them. Never throws but for the signal. Whoever shows or
 * keeps them redacts them first. (Podman 4.3 puts a last line without an end behind the one before it.)
 */
export async function lastLines(
  { engine, clock }: { readonly engine: Pick<ContainerEngine, "logs">; readonly clock: Clock },
  ref: string,
  { lines, bytes = 64 * 1024, within = 2_000 }: LastLinesLimits,
  signal?: AbortSignal,
): Promise<readonly LogLine[]> {
  const late = new AbortController();
  using _timer = clock.timer(within, () => late.abort());
  const kept: LogLine[] = [];
  let size = 0;
  try {
    const stop = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    for await (const line of engine.logs(ref, { follow: false, tail: lines }, stop)) {
      const text = line.text.length > LONGEST_LINE ? `${line.text.slice(0, LONGEST_LINE)}...` : line.text;
      kept.push({ stream: line.stream, text });
      size += Buffer.byteLength(text) + 1;
      while (kept.length > lines || (size > bytes && kept.length > 0))
        size -= Buffer.byteLength(kept.shift()?.text ?? "") + 1;
      if (late.signal.aborted) break;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!late.signal.aborted && !(error instanceof ArcError)) throw error;
  }
  return kept;
}

/** The one line that says most of why it ended: the last that is not empty. null: it said nothing. Pure. */
export function lastWord(lines: readonly LogLine[]): string | null {
  return lines.findLast(({ text }) => text.trim() !== "")?.text.trim() ?? null;
}
