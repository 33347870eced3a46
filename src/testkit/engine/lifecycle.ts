import { ArcError } from "../../core/errors/arc-error.ts";
import { ownEnd, stopEnd } from "./behaviour.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { World } from "./world.ts";

const SIGKILL_CODE = 137;

/** The state machine of containers: what Podman's commands do to one, and what its process does by itself. */
export class Lifecycle {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Starting what runs succeeds, as Podman's 304 does, even where nothing really runs any more. */
  start(record: ContainerRecord): void {
    if (record.state === "running") return;
    if (!["created", "exited", "stopped"].includes(record.state)) {
      throw improper(`container ${record.id} must be in Created or Stopped state to be started`);
    }
    const { clock, processes, events, images } = this.#world;
    try {
      this.#prepare(record);
    } catch (error) {
      this.#abandonStart(record);
      record.error = error instanceof Error ? error.message : String(error);
      this.#world.containers.touch(record);
      throw error;
    }
    const pid = processes.spawn(record.id);
    record.payload = { pid, timers: [], overdue: null };
    record.state = "running";
    record.pid = pid;
    record.startedAt = clock.now();
    record.exitedAt = 0;
    record.exitCode = 0;
    record.error = "";
    record.starts++;
    this.#world.containers.touch(record);
    events.emit("container", "init", record.id);
    events.emit("container", "start", record.id);
    for (const line of images.config(record.request.spec.image)?.logs ?? []) record.logs.write(clock.now(), line);
    const end = ownEnd(record.behaviour, record.starts);
    if (end) this.#endLater(record, end.after, end.code);
  }

  /**
   * The stop signal, then SIGKILL after `grace` ms. Null where it is over at once, else a promise of its end: for ever
   * where nobody is left to tell of it.
   */
  stop(record: ContainerRecord, grace: number, service: AbortSignal): Promise<void> | null {
    if (["created", "exited", "stopped"].includes(record.state)) return null;
    if (record.state !== "running" && record.state !== "stopping") {
      throw improper(`container ${record.id} is ${record.state}, refusing to clean up`);
    }
    record.state = "stopping";
    this.#world.containers.touch(record);
    if (record.unattended) return this.#world.lies.stopOfDead === "hangs" ? new Promise(() => {}) : null;
    this.#sendStopSignal(record);
    const payload = record.payload;
    if (!payload) return null;
    const kill = this.#world.clock.timer(grace, () => {
      if (!service.aborted) this.exit(record, SIGKILL_CODE);
    });
    payload.timers.push(kill);
    return new Promise((resolve) => record.onExit.add(resolve));
  }

  kill(record: ContainerRecord, signalName: string): void {
    if (!["running", "paused", "stopping"].includes(record.state)) {
      throw improper(`can only kill running containers. ${record.id} is in state ${record.state}`);
    }
    if (record.unattended) throw improper("container not running");
    const signal = signalName.replace(/^SIG/, "");
    this.#world.events.emit("container", "kill", record.id);
    if (signal === "KILL") return this.exit(record, SIGKILL_CODE);
    const deadly = ["TERM", "INT", "QUIT", record.request.spec.stop.signal.replace(/^SIG/, "")];
    if (deadly.includes(signal)) this.#sendStopSignal(record);
    else record.signals.push(signal);
  }

  pause(record: ContainerRecord): void {
    if (record.state !== "running") throw improper(`"${record.id}" is not running, can't pause`);
    this.#move(record, "paused", "pause");
  }

  unpause(record: ContainerRecord): void {
    if (record.state !== "paused") throw improper(`"${record.id}" is not paused, can't unpause`);
    this.#move(record, "running", "unpause");
    const overdue = record.payload?.overdue ?? null;
    if (overdue !== null) this.exit(record, overdue);
  }

  /** Without force a running one is refused. An unattended one may need more than one try. */
  remove(record: ContainerRecord, force: boolean): void {
    if (!force && ["running", "paused", "stopping"].includes(record.state)) {
      throw improper(
        `cannot remove container ${record.id} as it is ${record.state} - running or paused containers cannot be ` +
          "removed without force",
      );
    }
    if (record.unattended && ++record.removals < this.#world.lies.forcedRemovals) {
      throw improper(`cannot remove container ${record.id} as it could not be stopped`);
    }
    this.halfRemove(record);
    this.#world.containers.delete(record);
    record.logs.end();
    this.#world.events.emit("container", "remove", record.id);
  }

  /** A removal that got no further than the process: still listed, as `removing`. */
  halfRemove(record: ContainerRecord): void {
    if (record.payload || record.pid > 0) this.exit(record, SIGKILL_CODE);
    record.state = "removing";
    this.#world.containers.touch(record);
  }

  /** The process ends, and conmon tells the engine so. */
  exit(record: ContainerRecord, exitCode: number): void {
    this.#reap(record);
    this.#cleanUp(record);
    record.unattended = false;
    record.state = "exited";
    record.pid = 0;
    record.exitCode = exitCode;
    record.exitedAt = this.#world.clock.now();
    this.#world.containers.touch(record);
    this.#world.events.emit("container", "died", record.id);
    this.#world.events.emit("container", "cleanup", record.id);
    this.#wake(record);
    this.#world.onEnd(record.id);
  }

  /** conmon dies, then the process: nobody tells the engine. Ports stay bound by nobody, so they are free. */
  dieUnseen(record: ContainerRecord): void {
    this.#reap(record);
    this.#world.ports.release(record.id);
    record.unattended = true;
    record.removals = 0;
  }

  /** What a machine's reboot leaves of a container. Podman 4.3 keeps the time of the last start. */
  forgetRun(record: ContainerRecord): void {
    this.#reap(record);
    this.#cleanUp(record);
    record.unattended = false;
    record.state = "created";
    record.pid = 0;
    record.exitCode = 0;
    record.exitedAt = 0;
    this.#world.containers.touch(record);
    this.#wake(record);
  }

  #sendStopSignal(record: ContainerRecord): void {
    const end = stopEnd(record.behaviour, record.request.spec.stop.signal);
    if (end !== "ignores") this.#endLater(record, end.after, end.code);
  }

  /** A stop whose request broke off: the signal is sent, and nobody waits for the end. */
  halfStop(record: ContainerRecord): void {
    if (record.state !== "running" || record.unattended) return;
    record.state = "stopping";
    this.#world.containers.touch(record);
    this.#sendStopSignal(record);
  }

  /** Everything of a start but the process: ports are bound, addresses leased. Undone by #abandonStart. */
  #prepare(record: ContainerRecord): void {
    const { networks, ports, mountable } = this.#world;
    const { spec, files } = record.request;
    for (const name of record.attachments.keys()) networks.require(name);
    for (const [name, attachment] of record.attachments) attachment.ip ||= networks.lease(name);
    if (spec.network.mode !== "none") ports.bind(record.id, spec.ports);
    for (const { source } of [...spec.mounts, ...files]) {
      if (!mountable(source)) throw new ArcError("ARC_ENGINE_RUNTIME", `statfs ${source}: no such file or directory`);
    }
    if (record.behaviour.does === "refuse") {
      throw new ArcError(record.behaviour.code ?? "ARC_ENGINE_RUNTIME", record.behaviour.error);
    }
  }

  /** A start that failed half-way: addresses go back, ports stay with the service where that lie is on. */
  #abandonStart(record: ContainerRecord): void {
    if (this.#world.lies.failedStartKeepsPorts) this.#world.ports.leak(record.id);
    this.#cleanUp(record);
  }

  /** A start whose request broke off half-way: bound and leased, then given up. */
  halfStart(record: ContainerRecord): void {
    if (record.state === "running") return;
    this.#prepare(record);
    this.#abandonStart(record);
  }

  #endLater(record: ContainerRecord, after: number, code: number): void {
    const payload = record.payload;
    if (!payload) return;
    const end = () => {
      if (record.payload !== payload) return;
      if (record.state === "paused") payload.overdue = code;
      else if (record.unattended) this.dieUnseen(record);
      else this.exit(record, code);
    };
    if (after > 0) payload.timers.push(this.#world.clock.timer(after, end));
    else end();
  }

  #reap(record: ContainerRecord): void {
    const payload = record.payload;
    if (!payload) return;
    record.payload = null;
    for (const timer of payload.timers) timer[Symbol.dispose]();
    this.#world.processes.exit(payload.pid);
  }

  #cleanUp(record: ContainerRecord): void {
    this.#world.ports.release(record.id);
    for (const [name, attachment] of record.attachments) {
      if (attachment.ip) this.#world.networks.giveBack(name, attachment.ip);
      attachment.ip = "";
    }
  }

  #wake(record: ContainerRecord): void {
    for (const wake of record.onExit) wake();
    record.onExit.clear();
    record.logs.end();
  }

  #move(record: ContainerRecord, state: "running" | "paused", action: string): void {
    record.state = state;
    this.#world.containers.touch(record);
    this.#world.events.emit("container", action, record.id);
  }
}

const improper = (words: string): ArcError => new ArcError("ARC_ENGINE_CONFLICT", `${words}: container state improper`);
