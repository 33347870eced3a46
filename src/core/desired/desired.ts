import type { Problem } from "../errors/problem.ts";
import type { AppId } from "../ids.ts";
import type { ProbeManifest } from "../manifest/health-schema.ts";
import type { Adoption, AppRecord } from "../record/app-record.ts";
import type { ContainerSpec, NetworkSpec } from "../spec/container-spec.ts";
import type { Inputs } from "../spec/last-applied.ts";

/** One container as it shall be, with what the planner must know beside its spec. Holds no secret value. */
export interface DesiredContainer {
  readonly name: string;
  readonly spec: ContainerSpec;
  readonly hash: string;
  readonly inputs: Inputs;
  readonly oneShot: boolean;
  /** Containers of the same app that come first. */
  readonly startAfter: readonly string[];
  readonly health: {
    readonly startup?: ProbeManifest | undefined;
    readonly readiness?: ProbeManifest | undefined;
    readonly liveness?: ProbeManifest | undefined;
  };
  /** target -> hex sha256 of the rendered content, to compare with the disk. Never shown: it may be guessed back. */
  readonly fileSums: Readonly<Record<string, string>>;
}

/** What an accepted manifest says of a container beside its spec. */
export type ContainerShape = Pick<DesiredContainer, "name" | "oneShot" | "startAfter" | "health">;

export interface DesiredRequirement {
  readonly alias: string;
  /** The app that serves it; null: optional and not there. */
  readonly app: AppId | null;
  readonly until: "ready" | "started";
  readonly onLost: "keep" | "stop" | "restart";
}

/** An app that is wanted and could be resolved. */
export interface DesiredApp {
  readonly kind: "resolved";
  readonly id: AppId;
  readonly title: string;
  readonly version: string;
  readonly state: "running" | "stopped";
  /** Containers started before this moment (ms since the epoch) are restarted once; 0: never asked for. */
  readonly restartedAt: number;
  /** What failed before this moment (ms since the epoch) is tried again; 0: never asked for. */
  readonly retriedAt: number;
  /** May an older version run on data that a newer one has touched? */
  readonly rollback: "safe" | "until-start" | "never";
  /** ms that a new generation has to do its work before the earlier one is removed. */
  readonly stableFor: number;
  readonly record: AppRecord;
  /** How the accepted manifest orders and probes its containers, for an earlier generation that comes back. */
  readonly before: readonly ContainerShape[];
  /** In start order. */
  readonly containers: readonly DesiredContainer[];
  readonly networks: readonly NetworkSpec[];
  readonly requires: readonly DesiredRequirement[];
  /** The accepted copy is missing or older than this: copied when the app is up. */
  readonly acceptDue: boolean;
  /** Whether there was an accepted copy: then what is missing was there before. */
  readonly accepted: boolean;
  /** The accepted copy stands in for the catalogue's, which can't be read or is gone: nobody asked for this version. */
  readonly standsIn: boolean;
  readonly available: string | null;
  readonly notices: readonly string[];
  readonly web: { readonly container: string; readonly port: number; readonly path: string } | null;
}

/** An app that is wanted and whose manifest is valid, but that lacks something on this node. */
export interface UnresolvedApp {
  readonly kind: "unresolved";
  readonly id: AppId;
  readonly title: string;
  readonly version: string;
  readonly state: "running" | "stopped";
  readonly record: AppRecord;
  /** In start order: what its manifest says of how containers that are there go on. */
  readonly containers: readonly Pick<DesiredContainer, "name" | "oneShot" | "startAfter">[];
  readonly problems: readonly Problem[];
  readonly available: string | null;
  readonly notices: readonly string[];
}

/** An app that is wanted, was never accepted, and whose manifest is missing or broken. */
export interface InvalidApp {
  readonly kind: "invalid";
  readonly id: AppId;
  readonly problems: readonly Problem[];
}

export type DesiredEntry = DesiredApp | UnresolvedApp | InvalidApp;

/** What one node shall be, at one look. */
export interface DesiredNode {
  /** Those that require come after those they require. */
  readonly apps: readonly DesiredEntry[];
  /** Apps with an accepted copy or a record that are no longer wanted. */
  readonly forgotten: readonly AppId[];
  /** Containers without our labels that are ours by a person's word, by engine id. */
  readonly adopted: ReadonlyMap<string, { readonly app: AppId; readonly adoption: Adoption }>;
  /** Bytes; see node.yml's disk. */
  readonly marks: { readonly collectBelow: number; readonly holdBelow: number };
}

/** Secret values of one look, apart from everything that is shown. Never logged, hashed only under the node key. */
export interface AppSecrets {
  /** container -> env key -> value. */
  readonly env: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** container -> rendered files. */
  readonly files: ReadonlyMap<string, readonly RenderedContent[]>;
}

export interface RenderedContent {
  readonly target: string;
  readonly content: string;
  readonly mode: string;
  readonly owner?: string;
}
