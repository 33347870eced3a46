import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** ms between two attempts; each has its own time to answer, so that one that hangs holds nobody up. */
const EVERY = 10;
const PATIENCE = 2_000;
const LONGEST = 300_000;
const SWEEP = 8;

/**
 * Resolves when the published port answers an HTTP request. An accepted connection says nothing: Podman itself holds
 * the port open before anything behind it listens. Throws where it never does.
 */
export async function untilAnswers(port: number): Promise<void> {
  const over = new AbortController();
  const deadline = performance.now() + LONGEST;
  const attempts = new Set<Promise<unknown>>();
  try {
    while (!over.signal.aborted) {
      if (performance.now() > deadline) throw new Error(`port ${port} did not answer within ${LONGEST / 1_000} s`);
      const attempt = answers(port, over.signal).then((yes) => {
        attempts.delete(attempt);
        if (yes) over.abort();
      });
      attempts.add(attempt);
      await pause(EVERY, undefined, { signal: over.signal }).catch(() => undefined);
    }
  } finally {
    over.abort();
    await Promise.all(attempts);
  }
}

/** All of them, as the moment of the last: asked one after the other, which costs the machine little meanwhile. */
export async function untilAllAnswer(ports: readonly number[]): Promise<void> {
  const waiting = ports.values();
  const next = async (): Promise<void> => {
    for (const port of waiting) await untilAnswers(port);
  };
  const [first, ...rest] = ports;
  if (first === undefined) return;
  await untilAnswers(rest.at(-1) ?? first);
  await Promise.all(Array.from({ length: SWEEP }, next));
}

function answers(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const outgoing = request({ host: "127.0.0.1", port, path: "/", agent: false, signal: limit }, (incoming) => {
      incoming.resume();
      incoming.on("end", () => resolve(incoming.statusCode === 200));
      incoming.on("error", () => resolve(false));
    });
    outgoing.on("error", () => resolve(false));
    outgoing.end();
  });
}
