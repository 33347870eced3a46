import type { AppId } from "../ids.ts";

export const APP_STATES = [
  "ready",
  "loading",
  "starting",
  "waiting",
  "stopped",
  "failed",
  "held",
  "invalid",
  "absent",
] as const;
export type AppState = (typeof APP_STATES)[number];

/** What `status --json` says of one app. Computed at every look, never stored. */
export interface AppStatus {
  readonly id: AppId;
  readonly name: string;
  readonly version: string;
  readonly state: AppState;
  /** A sentence, with the next attempt's time where there is one. */
  readonly reason: string;
  /** ms since the epoch when it came into this state. */
  readonly since: number;
  /** The newest generation that runs or is being brought up; 0 where there is none. */
  readonly generation: number;
  /** The version that an update would bring. */
  readonly available: string | null;
  readonly notices: readonly string[];
  /** A change of generations that is under way, or one that failed; null: what runs is what is wanted. */
  readonly rollout: RolloutStatus | null;
  /** Where "Open" leads, on this host. */
  readonly url: string | null;
  /** 0 to 1, while it loads and says how far it is. */
  readonly progress: number | null;
  readonly containers: readonly ContainerStatus[];
}

/**
 * `fetching`: images come, what runs goes on. `switching`: one generation makes way for the next. `proving`: the new one
 * does its work and has to go on doing so for a while. `rolled-back`: it failed, and the earlier one runs. `stuck`: it
 * failed and the manifest forbids to go back.
 */
export const ROLLOUT_STATES = ["fetching", "switching", "proving", "rolled-back", "stuck"] as const;

export interface RolloutStatus {
  readonly state: (typeof ROLLOUT_STATES)[number];
  /** Versions; the same where only settings, facts or the manifest changed. */
  readonly from: string;
  readonly to: string;
  /** A sentence. */
  readonly reason: string;
}

export interface ContainerStatus {
  readonly container: string;
  readonly name: string;
  readonly id: string;
  readonly generation: number;
  /** The engine's word, or `dead` where its process is gone. */
  readonly state: string;
  readonly image: string;
  readonly startedAt: number;
  readonly exitCode: number | null;
  readonly ports: readonly string[];
  readonly probes: readonly {
    readonly probe: string;
    readonly outcome: string;
    readonly detail: string;
    readonly at: number;
  }[];
}

export interface NodeStatus {
  readonly node: {
    readonly id: string;
    readonly name: string;
    readonly chain: string;
    readonly home: string;
    readonly pid: number;
  };
  readonly engine: EngineStatus;
  readonly notices: readonly string[];
  readonly apps: readonly AppStatus[];
}

export type EngineStatus =
  | { readonly state: "available"; readonly version: string; readonly since: number }
  | { readonly state: "unavailable"; readonly reason: string; readonly since: number };
