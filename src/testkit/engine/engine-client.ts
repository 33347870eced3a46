import type { ContainerId } from "../../core/ids.ts";
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
import { CHANGE_DEADLINE, ClientGate, type GateSetting } from "./client-gate.ts";
import { detailOf } from "./container-views.ts";
import { imageDetail, imageSummaries, removeImage } from "./image-views.ts";
import type { Machine } from "./machine.ts";

/**
 * One daemon's way to the engine. Half of an effect (a `partial` fault) is: a create leaves its name taken in the
 * storage; a start binds ports and gives up; a stop sends the signal and nobody waits; a remove ends the process and
 * leaves the container as `removing`; everything else leaves nothing.
 */
export class EngineClient implements ContainerEngine {
  readonly #machine: Machine;
  readonly #gate: ClientGate;
  /** Where this client's newest events stream is; null before the first. */
  #position: number | null = null;

  constructor(machine: Machine, setting: GateSetting) {
    this.#machine = machine;
    this.#gate = new ClientGate(setting);
  }

  /** Fires when the daemon that holds this client is killed; every call then throws DaemonKilled. */
  get killed(): AbortSignal {
    return this.#gate.killed;
  }

  /** The daemon is killed now, between two calls; those under way never come back with a result. */
  kill9(): void {
    this.#gate.kill();
  }

  info(signal?: AbortSignal): Promise<EngineInfo> {
    const info = {
      version: "4.3.1",
      runtime: "simulated",
      networkBackend: "netavark",
      cgroups: "v1",
      rootless: false,
      graphRoot: "/var/lib/containers/storage",
    };
    return this.#gate.run({ op: "info", ref: "", signal, work: () => info });
  }

  imageExists(reference: string, signal?: AbortSignal): Promise<boolean> {
    const work = () => this.#machine.world.images.has(reference);
    return this.#gate.run({ op: "imageExists", ref: reference, signal, work });
  }

  image(reference: string, signal?: AbortSignal): Promise<ImageDetail | null> {
    const work = () => imageDetail(this.#machine.world, reference);
    return this.#gate.run({ op: "image", ref: reference, signal, work });
  }

  images(signal?: AbortSignal): Promise<readonly ImageSummary[]> {
    return this.#gate.run({ op: "images", ref: "", signal, work: () => imageSummaries(this.#machine.world) });
  }

  removeImage(reference: string, signal?: AbortSignal): Promise<void> {
    const work = () => removeImage(this.#machine.world, reference);
    return this.#gate.run({ op: "removeImage", ref: reference, signal, work });
  }

  pull(reference: string, { signal, progress = ignore }: PullOptions): Promise<void> {
    return this.#gate.run({
      op: "pull",
      ref: reference,
      signal,
      deadline: null,
      work: (stops) => this.#machine.pull(reference, progress, stops),
    });
  }

  build(_spec: BuildSpec, tag: string, { signal, progress = ignore }: PullOptions): Promise<void> {
    return this.#gate.run({
      op: "build",
      ref: tag,
      signal,
      deadline: null,
      work: (stops) => this.#machine.build(tag, progress, stops),
    });
  }

  list(signal?: AbortSignal): Promise<readonly ContainerSummary[]> {
    return this.#gate.run({ op: "list", ref: "", signal, work: () => this.#machine.world.containers.list() });
  }

  inspect(ref: string, signal?: AbortSignal): Promise<ContainerDetail> {
    const { containers, images } = this.#machine.world;
    const work = () => {
      const record = containers.get(ref);
      return detailOf(record, images.config(record.request.spec.image));
    };
    return this.#gate.run({ op: "inspect", ref, signal, work });
  }

  create(request: CreateRequest, signal?: AbortSignal): Promise<ContainerId> {
    return this.#gate.run({
      op: "create",
      ref: request.name,
      signal,
      work: () => this.#machine.create(request).id,
      partial: () => this.#machine.halfCreate(request),
    });
  }

  start(ref: string, signal?: AbortSignal): Promise<void> {
    const { lifecycle, world } = this.#machine;
    return this.#gate.run({
      op: "start",
      ref,
      signal,
      work: () => lifecycle.start(world.containers.get(ref)),
      partial: () => lifecycle.halfStart(world.containers.get(ref)),
    });
  }

  stop(ref: string, grace: number, signal?: AbortSignal): Promise<void> {
    const { lifecycle, world, service } = this.#machine;
    return this.#gate.run<void>({
      op: "stop",
      ref,
      signal,
      deadline: grace + CHANGE_DEADLINE,
      work: () => lifecycle.stop(world.containers.get(ref), grace, service.life) ?? undefined,
      partial: () => lifecycle.halfStop(world.containers.get(ref)),
    });
  }

  kill(ref: string, signalName: string, signal?: AbortSignal): Promise<void> {
    const { lifecycle, world } = this.#machine;
    const work = () => lifecycle.kill(world.containers.get(ref), signalName);
    return this.#gate.run({ op: "kill", ref, signal, work });
  }

  unpause(ref: string, signal?: AbortSignal): Promise<void> {
    const { lifecycle, world } = this.#machine;
    return this.#gate.run({ op: "unpause", ref, signal, work: () => lifecycle.unpause(world.containers.get(ref)) });
  }

  remove(ref: string, { force }: { readonly force: boolean }, signal?: AbortSignal): Promise<void> {
    return this.#gate.run({
      op: "remove",
      ref,
      signal,
      work: () => this.#machine.remove(ref, force),
      partial: () => this.#machine.halfRemove(ref),
    });
  }

  networks(signal?: AbortSignal): Promise<readonly ObservedNetwork[]> {
    return this.#gate.run({ op: "networks", ref: "", signal, work: () => this.#machine.world.networks.list() });
  }

  createNetwork(spec: NetworkSpec, labels: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    const work = () => this.#machine.networking.create(spec.name, labels);
    return this.#gate.run({ op: "createNetwork", ref: spec.name, signal, work });
  }

  removeNetwork(name: string, signal?: AbortSignal): Promise<void> {
    return this.#gate.run({
      op: "removeNetwork",
      ref: name,
      signal,
      work: () => this.#machine.networking.remove(name),
    });
  }

  connect(ref: string, attachment: NetworkAttachment, signal?: AbortSignal): Promise<void> {
    const { networking, world } = this.#machine;
    const work = () => networking.connect(world.containers.get(ref), attachment);
    return this.#gate.run({ op: "connect", ref, signal, work });
  }

  disconnect(ref: string, network: string, signal?: AbortSignal): Promise<void> {
    const { networking, world } = this.#machine;
    const work = () => networking.disconnect(world.containers.get(ref), network);
    return this.#gate.run({ op: "disconnect", ref, signal, work });
  }

  /** Told from now on; where `eventsReplayed` is on, from where this client's last stream broke off. */
  async *events(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const { events } = this.#machine.world;
    this.#gate.enter("events", "");
    if (!this.#machine.world.lies.eventsReplayed) this.#position = null;
    this.#position ??= events.end;
    for (;;) {
      signal.throwIfAborted();
      const found = events.read(this.#position);
      if (found) {
        this.#position = found.next;
        yield found.event;
        continue;
      }
      await this.#gate.wait({ op: "events", signal, deadline: null }, events.wait());
    }
  }

  async *logs(ref: string, options: LogOptions, signal?: AbortSignal): AsyncGenerator<LogLine> {
    this.#gate.enter("logs", ref, signal);
    const record = this.#machine.world.containers.get(ref);
    const open = () => record.payload !== null;
    const wait = (work: Promise<void>) => this.#gate.wait({ op: "logs", signal, deadline: null }, work);
    try {
      yield* record.logs.read(options, open, wait);
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }

  healthcheck(ref: string, signal?: AbortSignal): Promise<HealthResult> {
    return this.#gate.run({ op: "healthcheck", ref, signal, work: () => this.#machine.healthcheck(ref) });
  }

  stats(refs: readonly string[], signal?: AbortSignal): Promise<readonly ContainerStats[]> {
    return this.#gate.run({ op: "stats", ref: refs.join(","), signal, work: () => this.#machine.stats(refs) });
  }
}

const ignore = (): void => {};
