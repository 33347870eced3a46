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

export interface ObservedMount {
  /** Absolute path on the host, of a volume too. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly kind: "bind" | "volume" | "anonymous";
  /** The volume's; empty for a bind. */
  readonly name: string;
}

export interface Attachment {
  /** Both empty while the container does not run. */
  readonly ip: string;
  readonly gateway: string;
  readonly aliases: readonly string[];
}

/** Without `CAP_`, sorted. */
export interface Capabilities {
  /** What a container gets that asks for nothing. */
  readonly standard: readonly string[];
  /** The most that any process in it may have. */
  readonly bounding: readonly string[];
  /** What its first process has: with a user other than root, only what was asked for by name. */
  readonly effective: readonly string[];
}

export interface ObservedHealth {
  /** As the engine keeps it: `CMD`, `CMD-SHELL` or `NONE`, then the command. Empty: none. */
  readonly test: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
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
  readonly workingDir: string;
  readonly init: boolean;
  readonly mounts: readonly ObservedMount[];
  /** target -> mount options. */
  readonly tmpfs: Readonly<Record<string, readonly string[]>>;
  /** host, none, bridge or the engine's word. */
  readonly networkMode: string;
  readonly attachments: Readonly<Record<string, Attachment>>;
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
  readonly devices: readonly { readonly source: string; readonly target: string }[];
  readonly capabilities: Capabilities;
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly noNewPrivileges: boolean;
  /** Bytes of /dev/shm; 0 where the engine does not tell. */
  readonly shmSize: number;
  /** `nofile` -> limits; the engine's own are among them. */
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /** null: the engine does not tell (Podman does for what its command line made only). */
  readonly sysctls: Readonly<Record<string, string>> | null;
  readonly restartPolicy: string;
  readonly resources: { readonly memory: number; readonly cpus: number; readonly pids: number };
  readonly stop: { readonly signal: string; readonly grace: number };
  readonly health: ObservedHealth;
  /** What no manifest can ask for and is not as the engine has it by itself, by the engine's name: `pid` -> `host`. */
  readonly extras: Readonly<Record<string, string>>;
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
