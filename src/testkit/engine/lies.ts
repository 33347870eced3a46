import type { EngineEvent } from "../../ports/engine.ts";

/**
 * Where Podman says one thing and does another, as switches that a test may turn. The defaults are what Podman 4.3
 * does on a bad day, except that events are on time.
 */
export interface EngineLies {
  /** After conmon and its process died: `running` for ever. Off: seen as exited at once. */
  runningForEver: boolean;
  /** What `stop` of such a container does: waits for ever, or answers at once; `stopping` stays either way. */
  stopOfDead: "hangs" | "returns";
  /** How many tries `remove` with force needs for such a container. */
  forcedRemovals: number;
  /** A start that fails after its ports were bound leaves them bound until the service restarts. */
  failedStartKeepsPorts: boolean;
  /** How late an event comes, in ms, event by event. Later ones may overtake. */
  eventDelay: (event: EngineEvent) => number;
  /** Events that never come. */
  eventLost: (event: EngineEvent) => boolean;
  /** A client that opens another stream is told what it missed in between. Off: told from then on. */
  eventsReplayed: boolean;
}

export const podmanLies = (): EngineLies => ({
  runningForEver: true,
  stopOfDead: "hangs",
  forcedRemovals: 2,
  failedStartKeepsPorts: true,
  eventDelay: () => 0,
  eventLost: () => false,
  eventsReplayed: false,
});
