import { ArcError } from "../../core/errors/arc-error.ts";
import type { ErrorCode } from "../../core/errors/codes.ts";
import { buildTrouble, limitedRetry, registryCode } from "./registry-trouble.ts";

/** What was asked of the engine; the same words mean different things for different requests. */
export type Operation =
  | "look"
  | "create"
  | "start"
  | "stop"
  | "kill"
  | "unpause"
  | "remove"
  | "network"
  | "health"
  | "image"
  | "pull"
  | "build";

interface Row {
  readonly text: RegExp;
  readonly code: ErrorCode;
  readonly operations?: readonly Operation[];
}

/**
 * First match wins. Podman 4.3 answers 500 to nearly everything, so the words decide and the status only fills in.
 * The words are those of 4.3.1; 5.x says the same sentinels.
 */
const ROWS: readonly Row[] = [
  { text: /image not known|no such image/i, code: "ARC_ENGINE_IMAGE_MISSING" },
  { text: /no such container|network not found|no such network/i, code: "ARC_ENGINE_NOT_FOUND" },
  {
    text: /address already in use|port is already allocated|cannot assign requested address|cannot listen on/i,
    code: "ARC_ENGINE_PORT",
    operations: ["start"],
  },
  // An image's id with several names: "unable to delete image ... please force removal" (500).
  { text: /image is in use by|please force removal/i, code: "ARC_ENGINE_CONFLICT", operations: ["image"] },
  { text: /no space left on device/i, code: "ARC_DISK_FULL", operations: ["create"] },
  {
    text: /already in use|container state improper|network is being used|already connected|already exists|is not running/i,
    code: "ARC_ENGINE_CONFLICT",
  },
];

const BY_STATUS: Readonly<Record<number, ErrorCode>> = { 404: "ARC_ENGINE_NOT_FOUND", 409: "ARC_ENGINE_CONFLICT" };

const BY_OPERATION: Partial<Readonly<Record<Operation, ErrorCode>>> = {
  start: "ARC_ENGINE_RUNTIME",
};

/** Pure. `text` is the engine's message with its cause. */
export function errorCode(operation: Operation, status: number, text: string): ErrorCode {
  if (operation === "pull") return registryCode(text) ?? "ARC_IMAGE_PULL";
  if (operation === "build") return buildTrouble(text) ?? "ARC_IMAGE_BUILD";
  const row = ROWS.find((each) => each.text.test(text) && (each.operations?.includes(operation) ?? true));
  return row?.code ?? BY_STATUS[status] ?? BY_OPERATION[operation] ?? "ARC_ENGINE_REFUSED";
}

/** Characters. A whole one is some hundred long; more is somebody's output that it quotes. */
const LONGEST_WORDS = 8_192;

/**
 * The error of an answer, with the engine's own words as its message. Of very many words the first and the last count:
 * the cause stands at the end, and patterns that look for it may cost the square of the length.
 */
export function engineError(operation: Operation, status: number, words: string): ArcError {
  const text = words.length <= LONGEST_WORDS ? words : shortened(words);
  const code = errorCode(operation, status, text);
  return new ArcError(code, text.trim() || `the engine answered ${status}`, {
    retryAfter: code === "ARC_REGISTRY_LIMITED" ? limitedRetry(text) : null,
  });
}

function shortened(words: string): string {
  const half = LONGEST_WORDS / 2;
  return `${words.slice(0, half)} [...] ${words.slice(-half)}`;
}

/** What a health command that outlasts its timeout is answered with (4.3: 500). */
export const isHealthTimeout = (error: unknown): boolean =>
  error instanceof ArcError && /exceeded timeout/i.test(error.message);

/** The engine says so when the thing asked for is already done. */
export const isAlreadyConnected = (error: unknown): boolean =>
  error instanceof ArcError && /already connected/i.test(error.message);

/** The runtime still has a container of that id, which the engine has not. */
export const isLeftover = (error: unknown): boolean =>
  error instanceof ArcError && /create failed: container with given ID already exists/i.test(error.message);

/**
 * Its monitor was killed. 5.4.2 ends the process, takes the container for exited (-1) and says this; 4.3.1 says the other
 * one now and then, where the process is gone before its signal. The next try finds it at its end.
 */
export const isMonitorGone = (error: unknown): boolean =>
  error instanceof ArcError &&
  /conmon exited prematurely|sending \w+ to container \w+: container state improper/i.test(error.message);

/** The runtime has made it ready and can't start it: the process that waits for the start is gone. */
export const isStuckReady = (error: unknown): boolean =>
  error instanceof ArcError && /start [0-9a-f]{64}` failed: (?:exit status|signal)/i.test(error.message);

export const isNotConnected = (error: unknown): boolean =>
  error instanceof ArcError && /is not connected to network/i.test(error.message);
