import { ArcError } from "../../core/errors/arc-error.ts";
import { containerId } from "../../core/ids.ts";
import type { ContainerStats, CreateRequest, HealthResult, PullOptions } from "../../ports/engine.ts";
import { readyAfter } from "./behaviour.ts";
import type { Attachment, ContainerRecord } from "./container-record.ts";
import { Lifecycle } from "./lifecycle.ts";
import { LogBook } from "./log-book.ts";
import { Networking } from "./networking.ts";
import { Service } from "./service.ts";
import type { World } from "./world.ts";

type Progress = NonNullable<PullOptions["progress"]>;

const MEGABYTE = 1024 ** 2;

/** The machine with its engine: what the calls of the port do to the world. */
export class Machine {
  readonly world: World;
  readonly lifecycle: Lifecycle;
  readonly networking: Networking;
  readonly service = new Service();
  readonly #health = new Map<string, HealthResult>();
  #made = 0;

  constructor(world: World) {
    this.world = world;
    this.lifecycle = new Lifecycle(world);
    this.networking = new Networking(world);
  }

  create(request: CreateRequest): ContainerRecord {
    this.#checkCreate(request);
    const { containers, images, clock, events } = this.world;
    const { network, image } = request.spec;
    const { behaviour, refuses } = images.config(image) ?? { behaviour: { does: "serve" } as const, refuses: null };
    if (refuses !== null) throw new ArcError("ARC_ENGINE_REFUSED", refuses);
    const attachments = new Map<string, Attachment>();
    if (network.mode === "bridge") {
      for (const { name, aliases } of network.networks) attachments.set(name, { aliases, ip: "" });
    }
    const record: ContainerRecord = {
      id: containerId(inventId(++this.#made)),
      name: request.name,
      request,
      imageId: images.id(image),
      behaviour: typeof behaviour === "function" ? behaviour(request) : behaviour,
      createdAt: clock.now(),
      state: "created",
      pid: 0,
      payload: null,
      unattended: false,
      removals: 0,
      startedAt: 0,
      exitedAt: 0,
      exitCode: 0,
      starts: 0,
      error: "",
      attachments,
      logs: new LogBook(),
      signals: [],
      onExit: new Set(),
      summary: null,
    };
    containers.add(record);
    events.emit("container", "create", record.id);
    return record;
  }

  /** A create that broke off: its name stays taken, and no list shows by whom. */
  halfCreate(request: CreateRequest): void {
    this.#checkCreate(request);
    this.world.containers.haunt(request.name);
  }

  /** Removing what is not there succeeds; with force it also frees a name that a broken create took. */
  remove(ref: string, force: boolean): void {
    const record = this.world.containers.find(ref);
    if (record) this.lifecycle.remove(record, force);
    else if (force) this.world.containers.exorcise(ref);
  }

  halfRemove(ref: string): void {
    const record = this.world.containers.find(ref);
    if (record) this.lifecycle.halfRemove(record);
  }

  async pull(reference: string, progress: Progress, stops: readonly AbortSignal[]): Promise<void> {
    await this.world.images.pull(reference, progress, AbortSignal.any([...stops]));
    this.world.events.emit("image", "pull", reference);
  }

  async build(tag: string, progress: Progress, stops: readonly AbortSignal[]): Promise<void> {
    await this.world.images.build(tag, progress, AbortSignal.any([...stops]));
    this.world.events.emit("image", "build", tag);
  }

  /** Its process lives, is not paused, and has run for as long as it needs to be ready. */
  isReady(record: ContainerRecord): boolean {
    if (!record.payload || record.state === "paused") return false;
    return this.world.clock.now() - record.startedAt >= readyAfter(record.behaviour);
  }

  /** Scripts what a container's health command answers, by the container's name; null: what its image says. */
  setHealth(name: string, result: HealthResult | null): void {
    if (result) this.#health.set(name, result);
    else this.#health.delete(name);
  }

  healthcheck(ref: string): HealthResult {
    const record = this.world.containers.get(ref);
    if (!record.request.spec.healthCommand) {
      throw new ArcError("ARC_ENGINE_CONFLICT", `container ${record.id} has no defined healthcheck`);
    }
    if (record.state !== "running" || !record.payload) {
      throw new ArcError("ARC_ENGINE_CONFLICT", `container ${record.id} is not running: container state improper`);
    }
    const scripted = this.#health.get(record.name);
    if (scripted) return scripted;
    if (!this.isReady(record)) return { exitCode: 1, output: "not ready yet" };
    return this.world.images.config(record.request.spec.image)?.health ?? { exitCode: 0, output: "" };
  }

  stats(refs: readonly string[]): readonly ContainerStats[] {
    return refs.flatMap((ref) => {
      const record = this.world.containers.find(ref);
      if (!record?.payload || record.state !== "running") return [];
      const seconds = (this.world.clock.now() - record.startedAt) / 1000;
      return {
        id: record.id,
        cpuNanos: Math.round(seconds * 1e7),
        memoryBytes: 10 * MEGABYTE,
        memoryLimitBytes: record.request.spec.resources.memory ?? 0,
        networkRxBytes: 0,
        networkTxBytes: 0,
        pids: 1,
      };
    });
  }

  #checkCreate({ name, spec }: CreateRequest): void {
    const { containers, images, networks } = this.world;
    if (!images.has(spec.image)) throw new ArcError("ARC_ENGINE_IMAGE_MISSING", `${spec.image}: image not known`);
    containers.claim(name);
    if (spec.network.mode === "bridge")
      for (const attachment of spec.network.networks) networks.require(attachment.name);
  }
}

/** 64 hexadecimal digits that differ in the first ones, as real ids do. */
function inventId(number: number): string {
  const mixed = Math.imul(number, 0x9e3779b1) >>> 0;
  return mixed.toString(16).padStart(8, "0") + number.toString(16).padStart(56, "0");
}
