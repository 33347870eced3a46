import { ArcError } from "../core/errors/arc-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { PullOptions, PullProgress } from "../ports/engine.ts";
import type { Semaphore } from "./semaphore.ts";

/**
 * ms. How long a registry may leave a question without an answer. Podman waits with it for ever; where a registry limits
 * how often it is asked, Podman is silent for two minutes and then says so, which must not be cut off (4.3.1: 123 s).
 */
export const FIRST_WORD_MS = 180_000;

/** ms without a word while layers are copied, which Podman names but once, or while a build's step runs. */
export const LONGEST_SILENCE_MS = 1_800_000;

interface FetchSetting {
  readonly clock: Clock;
  readonly fetches: Semaphore;
  readonly progress: (progress: PullProgress) => void;
  /** Ends it early: the daemon ends, or something else is wanted by now. */
  readonly signal: AbortSignal;
}

/**
 * One pull or build, in its turn, given up after so long without a word: ARC_REGISTRY_SILENT where a registry is waited
 * for, else ARC_ENGINE_TIMEOUT. Throws what the fetch throws.
 */
export async function fetchImage(
  image: string,
  { clock, fetches, progress, signal }: FetchSetting,
  fetch: (options: PullOptions) => Promise<void>,
): Promise<void> {
  await fetches.run(async () => {
    const silence = new AbortController();
    const watch = (ms: number, word: PullProgress | null): Disposable =>
      clock.timer(ms, () => silence.abort(silent(image, ms, word)));
    let timer = watch(LONGEST_SILENCE_MS, null);
    try {
      await fetch({
        signal: AbortSignal.any([signal, silence.signal]),
        progress: (word) => {
          timer[Symbol.dispose]();
          timer = watch(word.asking ? FIRST_WORD_MS : LONGEST_SILENCE_MS, word);
          progress(word);
        },
      });
    } catch (error) {
      throw silence.signal.aborted && !signal.aborted ? silence.signal.reason : error;
    } finally {
      timer[Symbol.dispose]();
    }
  }, signal);
}

function silent(image: string, ms: number, last: PullProgress | null): ArcError {
  const minutes = ms / 60_000;
  if (last && (last.asking || last.layers))
    return new ArcError("ARC_REGISTRY_SILENT", `${image}: the registry has said nothing for ${minutes} minutes`);
  return new ArcError("ARC_ENGINE_TIMEOUT", `${image}: no word of it for ${minutes} minutes`);
}
