import type { ContainerEngine } from "../../ports/engine.ts";

/** A call of the port, by its method's name. */
export type EngineOp = keyof ContainerEngine;

/** Calls that change the engine. */
export const MUTATING_OPS: ReadonlySet<EngineOp> = new Set<EngineOp>([
  "pull",
  "build",
  "removeImage",
  "create",
  "start",
  "stop",
  "kill",
  "unpause",
  "remove",
  "createNetwork",
  "removeNetwork",
  "connect",
  "disconnect",
]);

/** One line of the request log. `ref` is what the caller named: a container, image, network, or nothing. */
export interface EngineCall {
  readonly op: EngineOp;
  readonly ref: string;
}
