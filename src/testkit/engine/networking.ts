import { ArcError } from "../../core/errors/arc-error.ts";
import type { NetworkAttachment } from "../../core/spec/container-spec.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { World } from "./world.ts";

/** Who is in which network. */
export class Networking {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  create(name: string, labels: Readonly<Record<string, string>>): void {
    if (this.#world.networks.create(name, labels)) this.#world.events.emit("network", "create", name);
  }

  /** Removing what is not there succeeds; one in use is ARC_ENGINE_CONFLICT. */
  remove(name: string): void {
    if (!this.#world.networks.has(name)) return;
    for (const record of this.#world.containers.all()) {
      if (record.attachments.has(name)) {
        throw conflict(`"${name}" has associated containers with it: network is being used`);
      }
    }
    this.#world.networks.remove(name);
    this.#world.events.emit("network", "remove", name);
  }

  /** Live where it runs, else from its next start on. Connecting twice succeeds. */
  connect(record: ContainerRecord, { name, aliases }: NetworkAttachment): void {
    const { networks, events, containers } = this.#world;
    networks.require(name);
    if (record.request.spec.network.mode !== "bridge") {
      throw conflict(`"${record.request.spec.network.mode}" is not supported: invalid network mode`);
    }
    if (record.attachments.has(name)) return;
    record.attachments.set(name, { aliases, ip: record.payload ? networks.lease(name) : "" });
    containers.touch(record);
    events.emit("network", "connect", name);
  }

  /** Disconnecting twice succeeds. */
  disconnect(record: ContainerRecord, name: string): void {
    this.#world.networks.require(name);
    const attachment = record.attachments.get(name);
    if (!attachment) return;
    if (attachment.ip) this.#world.networks.giveBack(name, attachment.ip);
    record.attachments.delete(name);
    this.#world.containers.touch(record);
    this.#world.events.emit("network", "disconnect", name);
  }
}

const conflict = (words: string): ArcError => new ArcError("ARC_ENGINE_CONFLICT", words);
