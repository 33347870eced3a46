import type { ContainerId } from "../core/ids.ts";
import type { ContainerDetail, ContainerSummary, ObservedNetwork } from "../core/observed/observed.ts";
import type { BuildSpec, ContainerSpec, NetworkAttachment, NetworkSpec } from "../core/spec/container-spec.ts";

/**
 * A container engine. One adapter speaks to Podman, one is simulated; both obey test/engine-contract.
 *
 * Every call takes a signal and gives up when it fires. Calls have deadlines of their own, except pull, build, wait,
 * events and logs, whose length the caller bounds. Failures are ArcError with an ARC_ENGINE_* or ARC_IMAGE_* code.
 * `ref` is a container's id or name.
 */
export interface ContainerEngine {
  /** Version and what doctor looks at. Throws ARC_ENGINE_UNAVAILABLE where nobody answers. */
  info(signal?: AbortSignal): Promise<EngineInfo>;

  /** `name:tag@digest` is there where an image of that digest is, whatever its tag; `create` then takes it as well. */
  imageExists(reference: string, signal?: AbortSignal): Promise<boolean>;
  /** null: not on this machine. Also takes an image's id. */
  image(reference: string, signal?: AbortSignal): Promise<ImageDetail | null>;
  /** One call, all images, those without a name too. */
  images(signal?: AbortSignal): Promise<readonly ImageSummary[]>;
  /**
   * Takes the name away, and the image with its last name. What is not there succeeds; an image that a container uses,
   * running or not, is ARC_ENGINE_CONFLICT and keeps its names. By `name:tag@digest`: both names of it.
   */
  removeImage(reference: string, signal?: AbortSignal): Promise<void>;
  /**
   * Always asks the registry. ARC_IMAGE_NOT_FOUND, ARC_IMAGE_DENIED, ARC_IMAGE_DIGEST, ARC_REGISTRY_* or
   * ARC_DISK_FULL, else ARC_IMAGE_PULL, with the registry's words. A registry that is silent holds it for ever:
   * fetch-image.ts bounds it.
   */
  pull(reference: string, options: PullOptions): Promise<void>;
  /** Streams the context as a tar. ARC_IMAGE_BUILD with the last lines of the build; as `pull` where its base fails. */
  build(spec: BuildSpec, tag: string, options: PullOptions): Promise<void>;

  /** One call, all containers, ours or not. */
  list(signal?: AbortSignal): Promise<readonly ContainerSummary[]>;
  inspect(ref: string, signal?: AbortSignal): Promise<ContainerDetail>;
  /** ARC_ENGINE_CONFLICT for a taken name, ARC_ENGINE_IMAGE_MISSING for a missing image. */
  create(request: CreateRequest, signal?: AbortSignal): Promise<ContainerId>;
  /** Starting what runs succeeds. ARC_ENGINE_PORT, ARC_ENGINE_RUNTIME. */
  start(ref: string, signal?: AbortSignal): Promise<void>;
  /** The stop signal, then SIGKILL after `grace` ms. Stopping what does not run succeeds. Waits for the end. */
  stop(ref: string, grace: number, signal?: AbortSignal): Promise<void>;
  kill(ref: string, signalName: string, signal?: AbortSignal): Promise<void>;
  unpause(ref: string, signal?: AbortSignal): Promise<void>;
  /** Removing what is not there succeeds. Without force a running one is ARC_ENGINE_CONFLICT. Never touches volumes. */
  remove(ref: string, options: { readonly force: boolean }, signal?: AbortSignal): Promise<void>;

  networks(signal?: AbortSignal): Promise<readonly ObservedNetwork[]>;
  /** Makes an isolated bridge with DNS; one that is there already is left alone. */
  createNetwork(spec: NetworkSpec, labels: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  removeNetwork(name: string, signal?: AbortSignal): Promise<void>;
  connect(ref: string, attachment: NetworkAttachment, signal?: AbortSignal): Promise<void>;
  disconnect(ref: string, network: string, signal?: AbortSignal): Promise<void>;

  /** Hints only: some are late, some are missing. Ends by throwing when the engine goes away. */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;
  logs(ref: string, options: LogOptions, signal?: AbortSignal): AsyncIterable<LogLine>;
  /** Runs the container's one health command now. ARC_ENGINE_CONFLICT where it does not run. */
  healthcheck(ref: string, signal?: AbortSignal): Promise<HealthResult>;
  /** One sample for each running container asked for. */
  stats(refs: readonly string[], signal?: AbortSignal): Promise<readonly ContainerStats[]>;
}

export interface EngineInfo {
  readonly version: string;
  readonly runtime: string;
  readonly networkBackend: string;
  /** v1 or v2. */
  readonly cgroups: string;
  readonly rootless: boolean;
  /** Where its store lies: an absolute path, as its monitors' command lines name it. Empty where it does not tell. */
  readonly graphRoot: string;
}

export interface PullOptions {
  readonly signal?: AbortSignal;
  /** Told once for each line of the engine. */
  readonly progress?: (progress: PullProgress) => void;
}

export interface PullProgress {
  /** The engine's own words. */
  readonly line: string;
  /** The registry was asked and has not answered yet. */
  readonly asking: boolean;
  /**
   * Layers that are here for certain, of those named so far: Podman names a layer when it begins with it, tells of no
   * end and of no bytes. null: none was named, as in the steps of a build.
   */
  readonly layers: { readonly done: number; readonly known: number } | null;
}

export interface ImageSummary {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Its names: `registry/name:tag`, or `registry/name@sha256:...` where it was pulled by digest. Empty: it has none. */
  readonly references: readonly string[];
  /** `registry/name@sha256:...` for each name and digest: of the image itself and of the list it was chosen from. */
  readonly digests: readonly string[];
  /** Bytes on the disk; layers that images share count for each of them. */
  readonly size: number;
  /** How many containers use it, running or not. */
  readonly containers: number;
}

/** What an image says of itself. Empty where it says nothing. */
export interface ImageDetail extends Omit<ImageSummary, "containers"> {
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly stopSignal: string;
  /** Paths that it declares as volumes: the engine makes an anonymous one where nothing is mounted there. */
  readonly volumes: readonly string[];
}

/** Everything of one create. Secret values are in `secretEnv` alone and are never logged. */
export interface CreateRequest {
  readonly name: string;
  readonly spec: ContainerSpec;
  readonly secretEnv: Readonly<Record<string, string>>;
  /** Rendered files: absolute host path -> target, mounted read-only. */
  readonly files: readonly { readonly source: string; readonly target: string }[];
  /** Ours and the packager's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface EngineEvent {
  readonly type: "container" | "image" | "network" | "other";
  /** The engine's word: start, died, remove, pause, ... */
  readonly action: string;
  /** The container's or network's id or name. */
  readonly subject: string;
  /** ms since the epoch. */
  readonly at: number;
}

export interface LogOptions {
  readonly follow: boolean;
  /** How many of the last lines to begin with. */
  readonly tail?: number;
  /** ms since the epoch. */
  readonly since?: number;
}

export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface HealthResult {
  readonly exitCode: number;
  readonly output: string;
}

export interface ContainerStats {
  readonly id: ContainerId;
  /** Nanoseconds of CPU time since the start. */
  readonly cpuNanos: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly networkRxBytes: number;
  readonly networkTxBytes: number;
  readonly pids: number;
}
