import { ArcError } from "../../core/errors/arc-error.ts";
import { type ContainerId, containerId } from "../../core/ids.ts";
import type { ContainerDetail, ContainerSummary, ObservedNetwork } from "../../core/observed/observed.ts";
import type { BuildSpec, NetworkAttachment, NetworkSpec } from "../../core/spec/container-spec.ts";
import type {
  ContainerEngine,
  ContainerStats,
  CreateRequest,
  EngineEvent,
  EngineInfo,
  HealthResult,
  ImageDetail,
  ImageSummary,
  LogLine,
  LogOptions,
  PullOptions,
} from "../../ports/engine.ts";
import { needsPin, pinBridges } from "./bridge-pin.ts";
import { buildContext } from "./build-context.ts";
import { createBody } from "./create-body.ts";
import { isAlreadyConnected, isLeftover, isMonitorGone, isNotConnected, isStuckReady } from "./error-table.ts";
import { asList, asRecord, asText } from "./json-read.ts";
import { findImage, listImages, removeImage } from "./image-store.ts";
import { runHealthCommand } from "./health-command.ts";
import { type Answer, type Call, type ClientOptions, LibpodClient } from "./libpod-client.ts";
import { logLines } from "./log-frames.ts";
import { jsonLines } from "./ndjson.ts";
import { observeEvent } from "./observe-event.ts";
import { observeInspect } from "./observe-inspect.ts";
import { observeRow } from "./observe-list.ts";
import { gatewayOf, observeNetwork } from "./observe-network.ts";
import { observeStats } from "./observe-stats.ts";
import { followProgress } from "./progress.ts";
import type { ProcessLimits } from "./process-limits.ts";
import { secondTry } from "./second-try.ts";
import { SharedRound } from "./shared-round.ts";
import { tmpfsFolders, tmpfsMounts } from "./tmpfs-mounts.ts";

/** ms. A look fails soon; what starts or removes processes may wait for a busy disk. */
const LOOK = 30_000;
const CHANGE = 120_000;

export interface PodmanOptions extends ClientOptions {
  /** Where the service listens; asked at each request, because it may move when the service is started anew. */
  readonly socket: () => string;
  readonly limits: ProcessLimits;
  /** Told what went wrong beside a call that did what it was asked to. */
  readonly warn?: (message: string) => void;
}

/** Podman 4.3 or later over its REST API. See the port for what each call promises. */
export class PodmanEngine implements ContainerEngine, Disposable {
  readonly #client: LibpodClient;
  readonly #limits: ProcessLimits;
  readonly #warn: (message: string) => void;
  /** For pinning: the last look at them, until one is made or removed here. */
  #networks: readonly ObservedNetwork[] | null = null;
  /** Many containers start at a boot: those that are up at about the same time share one round. */
  readonly #pins = new SharedRound(async () => pinBridges(this.#networks ?? (await this.networks())));

  constructor(options: PodmanOptions) {
    this.#client = new LibpodClient(options.socket, options);
    this.#limits = options.limits;
    this.#warn = options.warn ?? (() => undefined);
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }

  async info(signal?: AbortSignal): Promise<EngineInfo> {
    const info = asRecord(await this.#client.json("GET", "/info", { operation: "look", signal, deadline: LOOK }));
    const host = asRecord(info["host"]);
    return {
      version: asText(asRecord(info["version"])["Version"]),
      runtime: asText(asRecord(host["ociRuntime"])["name"]),
      networkBackend: asText(host["networkBackend"]),
      cgroups: asText(host["cgroupVersion"]),
      rootless: asRecord(host["security"])["rootless"] === true,
      graphRoot: asText(asRecord(info["store"])["graphRoot"]),
    };
  }

  async imageExists(reference: string, signal?: AbortSignal): Promise<boolean> {
    const path = `/images/${encodeURIComponent(reference)}/exists`;
    const call: Call = { operation: "look", signal, deadline: LOOK, accept: [404] };
    return (await this.#client.call("GET", path, call)).status !== 404;
  }

  image(reference: string, signal?: AbortSignal): Promise<ImageDetail | null> {
    return findImage(this.#client, reference, signal);
  }

  images(signal?: AbortSignal): Promise<readonly ImageSummary[]> {
    return listImages(this.#client, signal);
  }

  removeImage(reference: string, signal?: AbortSignal): Promise<void> {
    return removeImage(this.#client, reference, signal);
  }

  async pull(reference: string, options: PullOptions): Promise<void> {
    const call = { operation: "pull", query: { reference, policy: "always" }, signal: options.signal } as const;
    await followProgress("pull", this.#client.stream("POST", "/images/pull", call), options.progress);
  }

  async build(spec: BuildSpec, tag: string, options: PullOptions): Promise<void> {
    const query = {
      t: tag,
      dockerfile: spec.containerfile,
      buildargs: JSON.stringify(spec.args),
      layers: true,
      rm: true,
      forcerm: true,
    };
    const upload = await buildContext(spec.context);
    const call = { operation: "build", query, upload, signal: options.signal } as const;
    await followProgress("build", this.#client.stream("POST", "/build", call), options.progress);
  }

  async list(signal?: AbortSignal): Promise<readonly ContainerSummary[]> {
    const call: Call = { operation: "look", query: { all: true }, signal, deadline: LOOK };
    return asList(await this.#client.json("GET", "/containers/json", call)).map(observeRow);
  }

  async inspect(ref: string, signal?: AbortSignal): Promise<ContainerDetail> {
    return observeInspect(await this.#inspect(ref, signal));
  }

  async create(request: CreateRequest, signal?: AbortSignal): Promise<ContainerId> {
    const body = createBody(request, {
      limits: this.#limits,
      hostGateway: await this.#hostGateway(request, signal),
    });
    const call: Call = { operation: "create", body, signal, deadline: CHANGE };
    const id = containerId(asText(asRecord(await this.#client.json("POST", "/containers/create", call))["Id"]));
    const tmpfs = tmpfsMounts(request);
    if (tmpfs.length > 0) await this.#makeFolders(id, tmpfsFolders(tmpfs), signal);
    return id;
  }

  /** A container without its folders would fail at its second start, so it does not stay. */
  async #makeFolders(id: ContainerId, archive: Buffer, signal: AbortSignal | undefined): Promise<void> {
    try {
      const call = { operation: "create", query: { path: "/" }, raw: archive, signal, deadline: CHANGE } as const;
      await this.#client.call("PUT", `/containers/${id}/archive`, call);
    } catch (error) {
      await this.remove(id, { force: true });
      throw error;
    }
  }

  async start(ref: string, signal?: AbortSignal): Promise<void> {
    const call: Call = { operation: "start", signal, deadline: CHANGE, accept: [304] };
    const { status } = await secondTry(
      () => this.#post(ref, "start", call),
      async (error) => {
        // What an earlier start that broke off left in the runtime is in the way once: the failure clears it (4.3.1, runc).
        if (isLeftover(error)) return true;
        // Where it left a process that has died since, 5.4.2 says `initialized` for ever, and a stop ends that.
        if (isStuckReady(error)) await this.stop(ref, 0, signal);
        return isStuckReady(error);
      },
    );
    if (status !== 304) await this.#pin();
  }

  async stop(ref: string, grace: number, signal?: AbortSignal): Promise<void> {
    const query = { timeout: Math.ceil(grace / 1_000) };
    const call: Call = { operation: "stop", query, signal, deadline: grace + CHANGE, accept: [304] };
    await secondTry(() => this.#post(ref, "stop", call), isMonitorGone);
  }

  async kill(ref: string, signalName: string, signal?: AbortSignal): Promise<void> {
    await this.#post(ref, "kill", { operation: "kill", query: { signal: signalName }, signal, deadline: CHANGE });
  }

  async unpause(ref: string, signal?: AbortSignal): Promise<void> {
    await this.#post(ref, "unpause", { operation: "unpause", signal, deadline: CHANGE });
  }

  async remove(ref: string, options: { readonly force: boolean }, signal?: AbortSignal): Promise<void> {
    const query = { v: false, force: options.force, ...(options.force ? { timeout: 0 } : {}) };
    const call: Call = { operation: "remove", query, signal, deadline: CHANGE, accept: [404] };
    await secondTry(() => this.#client.call("DELETE", `/containers/${encodeURIComponent(ref)}`, call), isMonitorGone);
  }

  async networks(signal?: AbortSignal): Promise<readonly ObservedNetwork[]> {
    const call: Call = { operation: "network", signal, deadline: LOOK };
    const networks = asList(await this.#client.json("GET", "/networks/json", call)).map(observeNetwork);
    this.#networks = networks;
    return networks;
  }

  async createNetwork(
    spec: NetworkSpec,
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void> {
    const body = { name: spec.name, driver: "bridge", dns_enabled: true, options: { isolate: "true" }, labels };
    const call: Call = { operation: "network", body, signal, deadline: CHANGE, accept: [409] };
    await this.#client.call("POST", "/networks/create", call);
    this.#networks = null;
  }

  async removeNetwork(name: string, signal?: AbortSignal): Promise<void> {
    const call: Call = { operation: "network", signal, deadline: CHANGE, accept: [404] };
    await this.#client.call("DELETE", `/networks/${encodeURIComponent(name)}`, call);
    this.#networks = null;
  }

  async connect(ref: string, attachment: NetworkAttachment, signal?: AbortSignal): Promise<void> {
    const body = { container: ref, aliases: attachment.aliases };
    try {
      await this.#network(attachment.name, "connect", body, signal);
    } catch (error) {
      if (!isAlreadyConnected(error)) throw error;
    }
    await this.#pin();
  }

  async disconnect(ref: string, network: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.#network(network, "disconnect", { Container: ref }, signal);
    } catch (error) {
      if (!isNotConnected(error)) throw error;
    }
  }

  async *events(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    // Told from now on even where the service begins to listen a little later.
    const query = { stream: true, since: (Date.now() / 1_000).toFixed(3) };
    for await (const value of jsonLines(this.#client.stream("GET", "/events", { operation: "look", query, signal }))) {
      yield observeEvent(value);
    }
    signal.throwIfAborted();
    throw new ArcError("ARC_ENGINE_UNAVAILABLE", "the engine's events have ended");
  }

  async *logs(ref: string, options: LogOptions, signal?: AbortSignal): AsyncGenerator<LogLine> {
    const query = {
      stdout: true,
      stderr: true,
      follow: options.follow,
      ...(options.tail === undefined ? {} : { tail: options.tail }),
      ...(options.since === undefined ? {} : { since: (options.since / 1_000).toFixed(3) }),
    };
    const path = `/containers/${encodeURIComponent(ref)}/logs`;
    try {
      yield* logLines(this.#client.stream("GET", path, { operation: "look", query, signal }));
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }

  healthcheck(ref: string, signal?: AbortSignal): Promise<HealthResult> {
    return runHealthCommand(this.#client, ref, signal);
  }

  async stats(refs: readonly string[], signal?: AbortSignal): Promise<readonly ContainerStats[]> {
    if (refs.length === 0) return [];
    // One container that is gone or does not run would spoil the whole answer.
    const running = (await this.list(signal)).filter(
      (row) => row.state === "running" && (refs.includes(row.id) || refs.includes(row.name)),
    );
    if (running.length === 0) return [];
    const query = { stream: false, containers: running.map((row) => row.id) };
    const call: Call = { operation: "look", query, signal, deadline: LOOK };
    return observeStats(await this.#client.json("GET", "/containers/stats", call));
  }

  #inspect(ref: string, signal: AbortSignal | undefined): Promise<unknown> {
    const call: Call = { operation: "look", signal, deadline: LOOK };
    return this.#client.json("GET", `/containers/${encodeURIComponent(ref)}/json`, call);
  }

  #post(ref: string, verb: string, call: Call): Promise<Answer> {
    return this.#client.call("POST", `/containers/${encodeURIComponent(ref)}/${verb}`, call);
  }

  async #network(name: string, verb: string, body: object, signal: AbortSignal | undefined): Promise<void> {
    const call: Call = { operation: "network", body, signal, deadline: CHANGE };
    await this.#client.call("POST", `/networks/${encodeURIComponent(name)}/${verb}`, call);
  }

  /** The host as the container will see it: its address on the first network, or itself. */
  async #hostGateway({ spec }: CreateRequest, signal: AbortSignal | undefined): Promise<string | null> {
    if (!spec.extraHosts.some(({ ip }) => ip === "host-gateway")) return null;
    if (spec.network.mode === "host") return "127.0.0.1";
    if (spec.network.mode === "none") return null;
    const name = spec.network.networks[0]?.name ?? "podman";
    const call: Call = { operation: "network", signal, deadline: LOOK };
    return gatewayOf(await this.#client.json("GET", `/networks/${encodeURIComponent(name)}/json`, call));
  }

  /** The container runs all the same where this fails, so a start must not. */
  async #pin(): Promise<void> {
    if (!needsPin(this.#client.version)) return;
    try {
      await this.#pins.request();
    } catch (error) {
      this.#warn(`a bridge could not be kept at its address: ${ArcError.from(error).message}`);
    }
  }
}
