import { request, type IncomingMessage } from "node:http";
import type { Loading, ProbeManifest } from "../../core/manifest/health-schema.ts";
import type { ProbeResult } from "../../ports/prober.ts";
import { readLoading, readsText } from "./loading.ts";

/** Bytes of a body that are read. */
const LONGEST_BODY = 64 * 1024;

type HttpQuestion = NonNullable<ProbeManifest["http"]>;

/**
 * One GET on a connection of its own. Redirects are answers like any other. The body is read only where `loading` asks
 * for it, so that a probe for a status is not held up by an endless body. Rejects when nothing of HTTP comes back, or
 * when the signal fires.
 */
export async function probeHttp(
  address: string,
  question: HttpQuestion,
  loading: Loading | undefined,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const response = await get(address, question, signal);
  try {
    const status = response.statusCode ?? 0;
    const text = readsText(loading) ? await readBody(response) : "";
    const passes = status === question.status;
    const found = readLoading(loading, { status, text, passes });
    const detail = `HTTP ${status}`;
    if (found) return { outcome: "loading", detail, ...found };
    return { outcome: passes ? "pass" : "fail", detail };
  } finally {
    response.destroy();
  }
}

function get(address: string, { port, path }: HttpQuestion, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { connection: "close", "user-agent": "archipelago" };
    // No agent: a kept connection would vouch for a process that has long been replaced.
    const asked = request({ host: address, port, path, headers, agent: false, signal }, resolve);
    // Stays on: what breaks off after the answer began is told by the response as well.
    asked.on("error", reject);
    asked.end();
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    length += chunk.length;
    if (length >= LONGEST_BODY) break;
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_BODY).toString("utf8");
}
