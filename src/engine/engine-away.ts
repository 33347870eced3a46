import { ArcError } from "../core/errors/arc-error.ts";

/** It says that the engine itself does not answer, and nothing about what was asked. */
export function meansEngineAway(error: unknown): error is ArcError {
  return error instanceof ArcError && (error.code === "ARC_ENGINE_UNAVAILABLE" || error.code === "ARC_ENGINE_TIMEOUT");
}
