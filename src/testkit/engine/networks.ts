import { ArcError } from "../../core/errors/arc-error.ts";
import type { ObservedNetwork } from "../../core/observed/observed.ts";

interface Network {
  readonly seen: ObservedNetwork;
  /** Third octet of 10.89.x.0/24. */
  readonly subnet: number;
  nextHost: number;
  /** Addresses in use. */
  readonly taken: Set<string>;
}

/** The engine's networks and their addresses. Podman's own `podman` network is always there. */
export class SimulatedNetworks {
  readonly #networks = new Map<string, Network>();
  #made = 0;

  constructor() {
    this.create("podman", {}, {}, false);
  }

  has(name: string): boolean {
    return this.#networks.has(name);
  }

  list(): readonly ObservedNetwork[] {
    return Array.from(this.#networks.values(), ({ seen }) => seen);
  }

  /** One that is there already is left alone. */
  create(
    name: string,
    labels: Readonly<Record<string, string>>,
    options: Readonly<Record<string, string>> = { isolate: "true" },
    dns = true,
  ): boolean {
    if (this.#networks.has(name)) return false;
    const number = this.#made++;
    const seen = { name, id: number.toString(16).padStart(64, "e"), bridge: `podman${number}`, labels, options, dns };
    this.#networks.set(name, { seen, subnet: number % 256, nextHost: 2, taken: new Set() });
    return true;
  }

  remove(name: string): boolean {
    return this.#networks.delete(name);
  }

  /** ARC_ENGINE_NOT_FOUND for a network that is not there, in Podman's words. */
  require(name: string): void {
    this.#get(name);
  }

  /** A free address; never the one given back last, so that whoever remembers addresses is found out. */
  lease(name: string): string {
    const network = this.#get(name);
    for (let tries = 0; tries < 253; tries++) {
      const address = `10.89.${network.subnet}.${network.nextHost}`;
      network.nextHost = network.nextHost === 254 ? 2 : network.nextHost + 1;
      if (network.taken.has(address)) continue;
      network.taken.add(address);
      return address;
    }
    throw new ArcError("ARC_ENGINE_RUNTIME", `no free address in network ${name}`);
  }

  giveBack(name: string, address: string): void {
    this.#networks.get(name)?.taken.delete(address);
  }

  #get(name: string): Network {
    const network = this.#networks.get(name);
    if (network) return network;
    throw new ArcError("ARC_ENGINE_NOT_FOUND", `unable to find network with name or ID ${name}: network not found`);
  }
}
