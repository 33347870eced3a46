import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** ms between two questions; none waits for the answer to another, which may never come. */
const EVERY = 2;
const PATIENCE = 5_000;
const LONGEST = 60_000;

/**
 * Asks the published port every 2 ms while `work` goes on, and until there was an outage and it is over. Resolves with
 * its length in ms: from the first question that got no answer to the first answer to a question after it.
 */
export async function outage(port: number, work: () => Promise<unknown>): Promise<number> {
  const over = new AbortController();
  let failedAt: number | null = null;
  let answeredAt: number | null = null;
  const ask = async (): Promise<void> => {
    const askedAt = performance.now();
    const answered = await answers(port, over.signal);
    if (over.signal.aborted) return;
    if (!answered) failedAt = Math.min(failedAt ?? askedAt, askedAt);
    else if (failedAt !== null && askedAt > failedAt) answeredAt ??= performance.now();
  };
  const began = performance.now();
  const questions: Promise<void>[] = [];
  const asking = async (): Promise<void> => {
    while (answeredAt === null) {
      if (performance.now() - began > LONGEST) throw new Error(`port ${port} had no outage that came to an end`);
      questions.push(ask());
      await pause(EVERY);
    }
  };
  try {
    await Promise.all([asking(), work()]);
    // A question from before the first refusal may still hang: it is the one that was not answered first.
    return (answeredAt ?? Number.NaN) - (failedAt ?? Number.NaN);
  } finally {
    over.abort();
    await Promise.all(questions);
  }
}

function answers(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ host: "127.0.0.1", port, path: "/", agent: false }, (incoming) => {
      incoming.resume();
      incoming.on("end", () => end(incoming.statusCode === 200));
      incoming.on("error", () => end(false));
    });
    // What is on its way to a container that is gone hears nothing more, for some 10 s.
    const giveUp = (): void => end(false);
    const timer = setTimeout(giveUp, PATIENCE);
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      outgoing.destroy();
      resolve(answered);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    outgoing.on("error", giveUp);
    outgoing.end();
  });
}
