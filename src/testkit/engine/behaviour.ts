import type { ErrorCode } from "../../core/errors/codes.ts";

/** What the process of a container does once it is started. Times in ms. */
export type Behaviour =
  /**
   * Runs until it is stopped. Its probes pass from `readyAfter` on (default 0). `stopTakes`: how long after the stop
   * signal it ends, with `stopCode` (default 0); "ignores": only SIGKILL ends it.
   */
  | {
      readonly does: "serve";
      readonly readyAfter?: number;
      readonly stopTakes?: number | "ignores";
      readonly stopCode?: number;
    }
  /** Ends by itself, each time. */
  | { readonly does: "exit"; readonly code: number; readonly after: number }
  /** Fails in its first `times` starts (default: all), `after` ms (default 0) with `code` (default 1); then serves. */
  | { readonly does: "crash"; readonly times?: number; readonly code?: number; readonly after?: number }
  /** Can't be started at all: the runtime's words, by default as ARC_ENGINE_RUNTIME. */
  | { readonly does: "refuse"; readonly error: string; readonly code?: ErrorCode };

export const SERVE: Behaviour = { does: "serve" };

/** When and with what the process ends by itself in its `starts`-th run (from 1); null: not by itself. */
export function ownEnd(behaviour: Behaviour, starts: number): { readonly after: number; readonly code: number } | null {
  if (behaviour.does === "exit") return { after: behaviour.after, code: behaviour.code };
  if (behaviour.does !== "crash" || starts > (behaviour.times ?? Number.POSITIVE_INFINITY)) return null;
  return { after: behaviour.after ?? 0, code: behaviour.code ?? 1 };
}

/** What the container's stop signal does: the process ends so long after it, or ignores it. */
export function stopEnd(
  behaviour: Behaviour,
  stopSignal: string,
): { readonly after: number; readonly code: number } | "ignores" {
  if (/^(SIG)?KILL$/.test(stopSignal)) return { after: 0, code: 137 };
  if (behaviour.does !== "serve") return { after: 0, code: 143 };
  if (behaviour.stopTakes === "ignores") return "ignores";
  return { after: behaviour.stopTakes ?? 0, code: behaviour.stopCode ?? 0 };
}

/** From how many ms after its start the container's probes pass. */
export function readyAfter(behaviour: Behaviour): number {
  return behaviour.does === "serve" ? (behaviour.readyAfter ?? 0) : 0;
}
