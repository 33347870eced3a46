import type { AppId } from "../ids.ts";

/** A container exactly as it shall be made: nothing left to look up, no secret value in it. */
export interface ContainerSpec {
  readonly app: AppId;
  readonly container: string;
  /** Reference to create from: what to pull, or the tag that our build gives. */
  readonly image: string;
  readonly build?: BuildSpec;
  /** Absent: the image's own. */
  readonly entrypoint?: readonly string[];
  /** Appended to the entrypoint, or in place of the image's command. Empty: the image's own. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, SecretRef>>;
  readonly user?: string;
  /** `uid:gid` that owns the volumes. */
  readonly dataUid?: string;
  readonly hostname?: string;
  readonly init: boolean;
  readonly mounts: readonly MountSpec[];
  readonly tmpfs: readonly { readonly target: string; readonly options: readonly string[] }[];
  readonly files: readonly FileSpec[];
  readonly network: NetworkMode;
  readonly ports: readonly PortSpec[];
  readonly extraHosts: readonly { readonly host: string; readonly ip: string }[];
  readonly devices: readonly string[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly noNewPrivileges: boolean;
  /** Bytes. */
  readonly shmSize?: number;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly sysctls: Readonly<Record<string, string>>;
  /** The packager's own labels; ours are added at create. */
  readonly labels: Readonly<Record<string, string>>;
  readonly resources: {
    /** Bytes. */
    readonly memory?: number;
    readonly cpus?: number;
    readonly pids?: number;
  };
  readonly stop: { readonly signal: string; /** Milliseconds. */ readonly grace: number };
  /** The one command the engine runs for command probes, on our schedule. */
  readonly healthCommand?: { readonly command: readonly string[]; /** Milliseconds. */ readonly timeout: number };
}

export interface BuildSpec {
  /** Hex sha256 over the context's paths, modes and contents. */
  readonly digest: string;
  /** Absolute path of the context on this host; not part of the hash. */
  readonly context: string;
  readonly containerfile: string;
  readonly args: Readonly<Record<string, string>>;
}

/** A secret stands in a spec by name and HMAC only. */
export interface SecretRef {
  /** The file in the secrets directory. */
  readonly secret: string;
  readonly hmac: string;
}

export interface MountSpec {
  /** Absolute path on the host. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** `data`: a folder of this app, made and owned by us; `shared`: another app's; `host`: the owner's own path. */
  readonly kind: "data" | "shared" | "host";
}

export interface FileSpec {
  readonly target: string;
  /** Permission bits, octal text: `0440`. */
  readonly mode: string;
  /** sha256 of the content, or its HMAC under the node key where a secret went in. */
  readonly digest: string;
  readonly secret: boolean;
  readonly onChange: "restart" | { readonly signal: string };
}

export type NetworkMode =
  | { readonly mode: "bridge"; readonly networks: readonly NetworkAttachment[] }
  | { readonly mode: "host" }
  | { readonly mode: "none" };

export interface NetworkAttachment {
  readonly name: string;
  readonly aliases: readonly string[];
}

export interface PortSpec {
  readonly container: number;
  readonly host: number;
  readonly protocol: "tcp" | "udp";
  readonly bind: string;
}

/** A network that we make and keep right. */
export interface NetworkSpec {
  readonly name: string;
  /** The app whose own network it is; null for a shared one. */
  readonly app: AppId | null;
}
