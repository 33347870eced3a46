import type { ErrorCode } from "../../core/errors/codes.ts";

/** ms. When a registry that limits is asked again where it did not say: Docker Hub counts over six hours, others less. */
export const LIMITED_RETRY_MS = 600_000;

/** ms. Nobody is believed who asks for more than a day, and no timer can hold what some say. */
const LONGEST_RETRY_MS = 86_400_000;

/**
 * First match wins: what quotes another kind of trouble stands first. The words are those that Podman 4.3.1 was seen to
 * say; most are of Go's standard library and of containers/image, which later versions share.
 */
const ROWS: readonly { readonly text: RegExp; readonly code: ErrorCode }[] = [
  { text: /no space left on device|disk quota exceeded/i, code: "ARC_DISK_FULL" },
  { text: /toomanyrequests|too many requests|StatusCode: 429|\b429\b.*registry/i, code: "ARC_REGISTRY_LIMITED" },
  {
    text: /digest did not match|does not match (?:expected|provided manifest digest)|manifest verification failed/i,
    code: "ARC_IMAGE_DIGEST",
  },
  // An offline machine fails here first: "dial tcp: lookup ghcr.io on 192.0.2.53:53: ... network is unreachable".
  { text: /\blookup \S+(?: on \S+)?: /, code: "ARC_REGISTRY_DNS" },
  { text: /x509: |tls: |server gave HTTP response to HTTPS client/, code: "ARC_REGISTRY_TLS" },
  {
    text: /unauthorized|authentication required|: denied\b|access to the resource is denied|invalid username\/password|(?:StatusCode: |HTTP status: |from registry )40[13]\b/i,
    code: "ARC_IMAGE_DENIED",
  },
  {
    text: /manifest unknown|name unknown|no image found in (?:manifest list|image index)|(?:StatusCode: |HTTP status: |from registry )404\b|invalid reference format|repository name must be lowercase|no unqualified-search registries/i,
    code: "ARC_IMAGE_NOT_FOUND",
  },
  {
    text: /connection refused|connection reset|no route to host|unreachable|i\/o timeout|TLS handshake timeout|broken pipe|\bEOF\b/i,
    code: "ARC_REGISTRY_REFUSED",
  },
];

/** Pure. What a failed pull was about, by Podman's words; null: something else. */
export function registryCode(text: string): ErrorCode | null {
  return ROWS.find((row) => row.text.test(text))?.code ?? null;
}

/** A build's own step may print or quote anything, so of a build only the fetch of its base and a full disk count. */
export function buildTrouble(text: string): ErrorCode | null {
  const step = /^building at STEP "(?:[^"\\]|\\.)*"/.exec(text);
  const code = registryCode(step ? text.slice(step[0].length) : text);
  const fetching = step === null && text.startsWith("creating build container: ");
  return fetching || code === "ARC_DISK_FULL" ? code : null;
}

const UNITS: Readonly<Record<string, number>> = { µs: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * ms until a limited registry wants to be asked again. Podman drops the Retry-After header (4.3.1 and 5.x: it waits by
 * it, a minute at most, and asks again), so only what the registry says in words is known, as GHCR's and ECR's
 * `retry-after: 1.5s`; else ten minutes.
 */
export function limitedRetry(text: string): number {
  const found = /(?:retry[- ]after|try again in|retry in):? ?(\d+(?:\.\d+)?) ?(µs|ms|s|m|h)/i.exec(text);
  const wait = Math.ceil(Number(found?.[1] ?? 0) * (UNITS[(found?.[2] ?? "s").toLowerCase()] ?? 0));
  return wait > 0 ? Math.min(wait, LONGEST_RETRY_MS) : LIMITED_RETRY_MS;
}
