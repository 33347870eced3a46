import type { DiffEntry, Impact } from "../diff/diff.ts";
import type { AppId, ContainerId, PlanId } from "../ids.ts";
import type { Stray } from "../observed/stray.ts";
import type { BuildSpec, NetworkAttachment, NetworkSpec } from "../spec/container-spec.ts";

/** What a step does, as plain data. `name` is a container's name in the engine. */
export type Action =
  | { readonly op: "create-network"; readonly network: NetworkSpec }
  | { readonly op: "remove-network"; readonly network: string }
  | { readonly op: "pull"; readonly image: string }
  | { readonly op: "build"; readonly image: string; readonly build: BuildSpec }
  | { readonly op: "create"; readonly name: string; readonly generation: number }
  | { readonly op: "start"; readonly name: string }
  | { readonly op: "stop"; readonly name: string; /** Milliseconds. */ readonly grace: number }
  | { readonly op: "kill"; readonly name: string }
  | {
      readonly op: "end-process";
      readonly stray: Stray;
      readonly signal: string;
      /** Milliseconds. */ readonly grace: number;
    }
  | { readonly op: "unpause"; readonly name: string }
  | { readonly op: "remove"; readonly name: string; readonly id: string; readonly force: boolean }
  | { readonly op: "connect"; readonly name: string; readonly attachment: NetworkAttachment }
  | { readonly op: "disconnect"; readonly name: string; readonly network: string }
  | { readonly op: "render"; readonly name: string }
  | { readonly op: "reload"; readonly name: string; readonly signal: string }
  /** Notes that this set of specs failed, with what its containers said, before the earlier generation comes back. */
  | { readonly op: "quarantine"; readonly failed: FailedSet; readonly reason: string }
  /** Of an image that we fetched and that no app needs any more. */
  | { readonly op: "remove-image"; readonly image: string }
  /**
   * Commits a generation: notes its specs as good and copies the app's folder beside the state, so that what runs is
   * described even when the catalogue breaks. `downtime`: ms without either generation; null: there was no earlier one.
   */
  | { readonly op: "accept"; readonly downtime: number | null }
  /** Drops the accepted copy and rendered files of an app that is no longer wanted. Data stays. */
  | { readonly op: "forget" };

export type Op = Action["op"];

/** What a quarantine is made from. */
export interface FailedSet {
  readonly version: string;
  /** Container -> what was tried. */
  readonly containers: Readonly<Record<string, string>>;
  /** Those whose last words are kept. */
  readonly suspects: readonly {
    readonly container: string;
    readonly name: string;
    readonly id: ContainerId;
    readonly exitCode: number | null;
  }[];
}

/** One thing to do, and why. */
export interface Step {
  readonly app: AppId;
  /** The container's name in the manifest; null where the step is about the whole app. */
  readonly container: string | null;
  readonly action: Action;
  /** A sentence. */
  readonly reason: string;
  readonly impact: Impact;
  readonly diff: readonly DiffEntry[];
  /** What must come first, as a sentence; null: may be done now, whatever waits before it. */
  readonly waits: string | null;
  /** It puts right what failed by itself: counts against the app's pauses between attempts. */
  readonly counts: boolean;
}

/**
 * Why we wait. `person`: only a person can help. `pause`: it failed and is tried again. `window`: it does its work and has
 * to go on doing so for a while. `disk`: there is too little room. `wait`: for something else.
 */
export const HOLD_KINDS = ["person", "pause", "window", "disk", "wait"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** We wait on purpose. */
export interface Hold {
  readonly app: AppId;
  readonly kind: HoldKind;
  readonly reason: string;
  /** ms since the epoch of the next attempt, where there is one. */
  readonly until?: number;
}

export interface Plan {
  readonly id: PlanId;
  readonly steps: readonly Step[];
  readonly holds: readonly Hold[];
}
