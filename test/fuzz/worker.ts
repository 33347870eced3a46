import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { SeededRandom } from "../../src/testkit/seeded-random.ts";
import { readCorpus } from "./corpus.ts";
import { SharedInput } from "./shared-input.ts";
import { targetNamed } from "./targets.ts";
import type { Subject } from "./target.ts";

/** Inputs `from` to `to` of one target. Those below the corpus' size are its seeds themselves; `only` is one alone. */
export interface Task {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly most: number;
  readonly only: Uint8Array | null;
  readonly shared: SharedArrayBuffer;
}

export type Report =
  | { readonly kind: "failure"; readonly input: Uint8Array; readonly reason: string }
  | { readonly kind: "progress"; readonly index: number; readonly longest: number }
  | { readonly kind: "done"; readonly longest: number; readonly grown: number };

/** ms of this thread's processor time: a busy machine makes nothing slow. */
const LONGEST = 1_000;
/** Enough to see a pattern; the rest would say the same. */
const MOST_FAILURES = 5;
/** Bytes that may stay behind between the first tenth and the end. */
const MOST_GROWN = 32 * 1_048_576;

async function work(task: Task, report: (report: Report) => void): Promise<void> {
  const { make, open } = targetNamed(task.target);
  const corpus = readCorpus(task.target);
  const shared = new SharedInput(task.shared);
  await using subject = await open();
  const collect = garbageCollector();
  let [longest, failures, settled] = [0, 0, 0];
  for (let index = task.from; index < task.to && failures < MOST_FAILURES; index += 1) {
    const input =
      (task.only && Buffer.from(task.only)) ??
      corpus[index] ??
      make(randomOf(task, index), corpus, task.most).subarray(0, task.most);
    shared.publish(index, input);
    const { took, wrong } = await fairly(subject, input);
    longest = Math.max(longest, took);
    const reason = wrong ?? (took > LONGEST ? `took ${Math.round(took)} ms` : null);
    if (reason !== null) {
      failures += 1;
      report({ kind: "failure", input: Uint8Array.from(input), reason });
    }
    if (index === task.from + Math.floor((task.to - task.from) / 10)) settled = collect();
    if (index % 100 === 0) report({ kind: "progress", index, longest });
  }
  shared.rest();
  const grown = settled === 0 ? 0 : collect() - settled;
  if (grown > MOST_GROWN) report({ kind: "failure", input: new Uint8Array(), reason: `${grown} bytes stay behind` });
  report({ kind: "done", longest, grown });
}

/** What is slow is measured three times, and the quickest counts: others share the processor's caches and cores. */
async function fairly(
  subject: Subject,
  input: Buffer,
): Promise<{ readonly took: number; readonly wrong: string | null }> {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3 && least > LONGEST; turn += 1) {
    const began = process.threadCpuUsage();
    const wrong = await trouble(subject, Buffer.from(input));
    const { user, system } = process.threadCpuUsage(began);
    least = Math.min(least, (user + system) / 1_000);
    if (wrong !== null) return { took: least, wrong };
  }
  return { took: least, wrong: null };
}

async function trouble(subject: Subject, input: Buffer): Promise<string | null> {
  try {
    await subject.check(input);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Of seed, target and index alone, so that any input can be made again without those before it. */
function randomOf({ seed, target }: Task, index: number): SeededRandom {
  const digest = createHash("sha256").update(`${seed}:${target}:${index}`).digest();
  return new SeededRandom(digest.readUIntBE(0, 6));
}

/** Collects what nobody holds any more and gives the bytes that are left. */
function garbageCollector(): () => number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  return () => {
    if (typeof collect === "function") collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
}

const port = parentPort;
port?.on("message", (task: Task) => {
  // What work itself throws is a fault of the fuzzer: it ends the thread, and so is told.
  void work(task, (report) => port.postMessage(report));
});
