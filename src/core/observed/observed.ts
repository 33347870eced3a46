import type { ContainerId } from "../ids.ts";
import type { PortSpec } from "../spec/container-spec.ts";

/** The engine's word on a container's state. `unknown` is what a later engine may invent. */
export type EngineState = "created" | "running" | "paused" | "stopping" | "stopped" | "exited" | "removing" | "unknown";

/** One row of the engine's list: all that a look needs when nothing has moved. Times are ms since the epoch. */
export interface ContainerSummary {
  readonly id: ContainerId;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: EngineState;
  /** 0 where it does not run. */
  readonly pid: number;
  readonly createdAt: number;
  /** 0 where it never started. */
  readonly startedAt: number;
  readonly exitedAt: number;
  readonly exitCode: number;
  readonly networks: readonly string[];
  readonly ports: readonly PortSpec[];
}

/** What only an inspect tells. Its times are to the millisecond, those of a list may be in whole seconds. */
export interface ContainerDetail extends ContainerSummary {
  readonly annotations: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Complete, with what image and engine added. May hold secrets: never leaves the daemon. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly hostname: string;
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[];
  readonly tmpfs: readonly string[];
  /** host, none, bridge or the engine's word. */
  readonly networkMode: string;
  readonly attachments: Readonly<Record<string, { readonly ip: string; readonly aliases: readonly string[] }>>;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly restartPolicy: string;
  readonly resources: { readonly memory: number; readonly cpus: number; readonly pids: number };
  readonly stop: { readonly signal: string; readonly grace: number };
  readonly oomKilled: boolean;
  /** The engine's own words on the last start that failed; empty if none. */
  readonly error: string;
}

/** A network as it is. */
export interface ObservedNetwork {
  readonly name: string;
  readonly id: string;
  /** The bridge device's name; empty for other drivers. */
  readonly bridge: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly dns: boolean;
}
