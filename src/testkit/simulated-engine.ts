import type { ContainerSummary } from "../core/observed/observed.ts";
import type { Clock } from "../ports/clock.ts";
import type { HealthResult } from "../ports/engine.ts";
import type { GateSetting } from "./engine/client-gate.ts";
import { EngineClient } from "./engine/engine-client.ts";
import type { EventLog } from "./engine/event-log.ts";
import { FaultPlan } from "./engine/faults.ts";
import type { HostPorts } from "./engine/host-ports.ts";
import type { SimulatedImages } from "./engine/images.ts";
import type { EngineLies } from "./engine/lies.ts";
import { Machine } from "./engine/machine.ts";
import { Meddling } from "./engine/meddling.ts";
import type { EngineCall, EngineOp } from "./engine/ops.ts";
import type { SimulatedProcessTable } from "./engine/processes.ts";
import { emptyWorld, type World } from "./engine/world.ts";

export interface SimulatedEngineOptions {
  readonly clock: Clock;
  /** ms that calls take before they have their effect; default: none. */
  readonly costs?: Partial<Record<EngineOp, number>>;
  /** Whether a host path can be mounted at start; default: all can. */
  readonly mountable?: (path: string) => boolean;
}

/**
 * A machine with a container engine in memory. The engine's port is `client` (or what `newClient` gives); the rest is
 * for tests: to describe images, to meddle from outside, to plan faults, to turn lies on and off, to read what was
 * asked for. Time passes only on the clock that it is given.
 *
 *     const clock = new FakeClock();
 *     const engine = new SimulatedEngine({ clock });
 *     engine.images.set("docker.io/library/nginx:1.28");
 *     await engine.client.create({ name: "ui.g1", spec: containerSpec(), ... });
 *     engine.killPayload("ui.g1");
 */
export class SimulatedEngine extends Meddling {
  readonly images: SimulatedImages;
  readonly ports: HostPorts;
  readonly processes: SimulatedProcessTable;
  readonly events: EventLog;
  readonly lies: EngineLies;
  readonly faults = new FaultPlan();
  /** Every call of every client, oldest first. Set its length to 0 to begin anew. */
  readonly calls: EngineCall[] = [];
  readonly #machine: Machine;
  /** Set by who follows exit files. */
  onEnd: (id: string) => void = () => undefined;
  readonly #world: World;
  readonly #setting: GateSetting;
  #client: EngineClient;

  constructor({ clock, costs = {}, mountable = () => true }: SimulatedEngineOptions) {
    const world = emptyWorld(clock, mountable);
    const machine = new Machine(world);
    super(machine);
    this.#world = world;
    this.#machine = machine;
    world.onEnd = (id) => this.onEnd(id);
    this.images = world.images;
    this.ports = world.ports;
    this.processes = world.processes;
    this.events = world.events;
    this.lies = world.lies;
    this.#setting = { clock, service: machine.service, faults: this.faults, calls: this.calls, costs };
    this.#client = new EngineClient(machine, this.#setting);
  }

  /** The newest client: what the daemon under test holds. */
  get client(): EngineClient {
    return this.#client;
  }

  /** For the next daemon. A client whose daemon was killed answers nothing any more. */
  newClient(): EngineClient {
    this.#client = new EngineClient(this.#machine, this.#setting);
    return this.#client;
  }

  /** What list would say, without a call. */
  containers(): readonly ContainerSummary[] {
    return this.#world.containers.list();
  }

  /** One container as list would say it, by name or id, without a call. */
  container(ref: string): ContainerSummary | undefined {
    const id = this.#world.containers.find(ref)?.id;
    return this.containers().find((row) => row.id === id);
  }

  /** Whether its probes pass: its process really lives and has had the time it needs. */
  isReady(ref: string): boolean {
    const record = this.#world.containers.find(ref);
    return record !== undefined && this.#machine.isReady(record);
  }

  /** What a container's health command answers from now on; null: what its image says. */
  setHealth(name: string, result: HealthResult | null): void {
    this.#machine.setHealth(name, result);
  }

  /** The machine restarts: no process is left, every container is `created`, exit codes are lost. */
  reboot(): void {
    this.#machine.service.goAway();
    for (const record of this.#world.containers.all()) this.#machine.lifecycle.forgetRun(record);
    this.#world.processes.clear();
    this.#world.ports.freeLeaked();
    this.#machine.service.comeBack();
  }

  /** Calls under way and streams break; containers live on; ports that the old service kept are free. */
  restartService(): void {
    this.goAway();
    this.comeBack();
  }

  /** Every call fails with ARC_ENGINE_UNAVAILABLE, and streams break, until comeBack. */
  goAway(): void {
    this.#machine.service.goAway();
    this.#world.ports.freeLeaked();
  }

  comeBack(): void {
    this.#machine.service.comeBack();
  }
}
