import type { FuzzThread } from "./fuzz-thread.ts";
import { SharedInput } from "./shared-input.ts";
import type { Task } from "./worker.ts";

export interface Failure {
  readonly target: string;
  readonly input: Uint8Array;
  readonly reason: string;
}

export interface Outcome {
  readonly target: string;
  readonly inputs: number;
  /** ms. */
  readonly took: number;
  /** ms of processor time for the slowest input. */
  readonly longest: number;
  /** Bytes that stayed behind. */
  readonly grown: number;
  readonly failures: readonly Failure[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly inputs: number;
  /** Bytes of the largest input. */
  readonly most: number;
  /** One input alone, in place of any made. */
  readonly only?: Uint8Array;
}

const MOST_DEATHS = 3;

/**
 * Runs a target's inputs in a thread, so that one that hangs or takes all memory is found and not suffered: the thread is
 * ended then, and the next goes on behind that input.
 */
export async function fuzzTarget(thread: FuzzThread, target: string, options: FuzzOptions): Promise<Outcome> {
  const began = performance.now();
  const failures: Failure[] = [];
  const room = Math.max(options.most, options.only?.length ?? 0, 262_144);
  let [from, longest, grown, deaths] = [0, 0, 0, 0];
  while (from < options.inputs && deaths < MOST_DEATHS) {
    const task: Task = {
      target,
      seed: options.seed,
      from,
      to: options.inputs,
      most: options.most,
      only: options.only ?? null,
      shared: SharedInput.allocate(room),
    };
    const end = await thread.run(task, (report) => {
      if (report.kind === "failure") failures.push({ target, input: report.input, reason: report.reason });
      else longest = Math.max(longest, report.longest);
      if (report.kind === "done") grown = report.grown;
    });
    if (end === null) break;
    failures.push({ target, input: end.input, reason: end.reason });
    from = end.index + 1;
    deaths += 1;
  }
  return { target, inputs: options.inputs, took: performance.now() - began, longest, grown, failures };
}
