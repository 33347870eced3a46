import { appId } from "../../core/ids.ts";
import type { PortSpec } from "../../core/spec/container-spec.ts";
import type { LogLine } from "../../ports/engine.ts";
import { containerSpec } from "../builders.ts";
import { stopEnd } from "./behaviour.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { Machine } from "./machine.ts";

/** A container that is none of ours, or pretends to be. */
export interface ForeignContainer {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly PortSpec[];
  readonly networks?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What people and the world do behind the daemon's back. Takes no time and leaves no trace in the request log. */
export class Meddling {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The process dies; conmon tells the engine. */
  killPayload(name: string, exitCode = 137): void {
    this.#machine.lifecycle.exit(this.#running(name), exitCode);
  }

  /** conmon and then its process are killed: the engine goes on saying `running`. */
  killConmonAndPayload(name: string): void {
    const record = this.#running(name);
    if (this.#machine.world.lies.runningForEver) this.#machine.lifecycle.dieUnseen(record);
    else this.#machine.lifecycle.exit(record, 137);
  }

  podmanStart(name: string): void {
    this.#machine.lifecycle.start(this.#get(name));
  }

  /** Waits for nothing: a process that takes its time, or ignores the signal, is killed. */
  podmanStop(name: string): void {
    const record = this.#running(name);
    const end = stopEnd(record.behaviour, record.request.spec.stop.signal);
    this.#machine.lifecycle.exit(record, end === "ignores" || end.after > 0 ? 137 : end.code);
  }

  podmanPause(name: string): void {
    this.#machine.lifecycle.pause(this.#get(name));
  }

  podmanUnpause(name: string): void {
    this.#machine.lifecycle.unpause(this.#get(name));
  }

  /** With force. */
  podmanRm(name: string): void {
    this.#machine.lifecycle.remove(this.#get(name), true);
  }

  podmanDisconnect(name: string, network: string): void {
    this.#machine.networking.disconnect(this.#get(name), network);
  }

  podmanConnect(name: string, network: string, aliases: readonly string[] = []): void {
    this.#machine.networking.connect(this.#get(name), { name: network, aliases });
  }

  podmanRename(name: string, newName: string): void {
    const record = this.#get(name);
    this.#machine.world.containers.rename(record, newName);
    this.#machine.world.events.emit("container", "rename", record.id);
  }

  podmanNetworkCreate(name: string, labels: Readonly<Record<string, string>> = {}): void {
    this.#machine.networking.create(name, labels);
  }

  /** As `podman run` by hand: made and running. Its image is described as present where nobody did. */
  runForeign({
    name,
    image = "localhost/foreign:1",
    ports = [],
    networks = [],
    labels = {},
  }: ForeignContainer): string {
    if (!this.#machine.world.images.has(image)) this.#machine.world.images.set(image);
    const spec = containerSpec({
      app: appId("foreign"),
      image,
      ports,
      network: { mode: "bridge", networks: networks.map((network) => ({ name: network, aliases: [] })) },
    });
    return this.#run({ name, spec, secretEnv: {}, files: [], labels, annotations: {} });
  }

  /** Somebody makes a second one like it, our labels included, without its host ports, and runs it. */
  copyOf(name: string, newName: string): string {
    const { request } = this.#get(name);
    return this.#run({ ...request, name: newName, spec: { ...request.spec, ports: [] } });
  }

  /** The container writes a line to its log. */
  say(name: string, text: string, stream: LogLine["stream"] = "stdout"): void {
    this.#get(name).logs.write(this.#machine.world.clock.now(), text, stream);
  }

  /** Signals that came to its process and did not end it, such as HUP, in order. */
  signalsOf(name: string): readonly string[] {
    return this.#get(name).signals;
  }

  #run(request: ContainerRecord["request"]): string {
    const record = this.#machine.create(request);
    this.#machine.lifecycle.start(record);
    return record.id;
  }

  #get(name: string): ContainerRecord {
    return this.#machine.world.containers.get(name);
  }

  #running(name: string): ContainerRecord {
    const record = this.#get(name);
    if (!record.payload) throw new Error(`${name} does not run`);
    return record;
  }
}
