import { ArcError } from "../core/errors/arc-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { PullOptions } from "../ports/engine.ts";
import type { Semaphore } from "./semaphore.ts";

/** A registry can hang for ever (Podman 4.3.1 waits with it), and its words are the only progress there is. */
const LONGEST_SILENCE_MS = 1_800_000;

interface FetchSetting {
  readonly clock: Clock;
  readonly fetches: Semaphore;
  readonly progress: (line: string) => void;
  /** Ends it early: the daemon ends, or something else is wanted by now. */
  readonly signal: AbortSignal;
}

/** One pull or build, in its turn, given up after half an hour without a word: ARC_ENGINE_TIMEOUT. */
export async function fetchImage(
  image: string,
  { clock, fetches, progress, signal }: FetchSetting,
  fetch: (options: PullOptions) => Promise<void>,
): Promise<void> {
  await fetches.run(async () => {
    const silence = new AbortController();
    const watch = (): Disposable => clock.timer(LONGEST_SILENCE_MS, () => silence.abort());
    let timer = watch();
    try {
      await fetch({
        signal: AbortSignal.any([signal, silence.signal]),
        progress: (line) => {
          timer[Symbol.dispose]();
          timer = watch();
          progress(line);
        },
      });
    } catch (error) {
      if (!silence.signal.aborted) throw error;
      const minutes = LONGEST_SILENCE_MS / 60_000;
      throw new ArcError("ARC_ENGINE_TIMEOUT", `${image}: no word of it for ${minutes} minutes`, { cause: error });
    } finally {
      timer[Symbol.dispose]();
    }
  }, signal);
}
