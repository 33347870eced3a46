import type { HostFacts } from "../core/facts.ts";
import type { FactSource } from "../ports/fact-source.ts";

/** A plain little host; the address is one of the documentation range. */
const HOST: HostFacts = {
  host_ip: "192.0.2.10",
  host_mdns: "archy.local",
  host_name: "archy",
  disk_gb: 1000,
  memory_mb: 8192,
  cpus: 4,
  arch: "amd64",
  timezone: "Etc/UTC",
};

/** Host facts that a test changes at will. An unchanged host is the same object as before. */
export class MemoryFactSource implements FactSource {
  #facts: HostFacts;

  constructor(facts: Partial<HostFacts> = {}) {
    this.#facts = { ...HOST, ...facts };
  }

  async read(): Promise<HostFacts> {
    return this.#facts;
  }

  /** From now on the host is so. */
  set(facts: Partial<HostFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
  }
}
