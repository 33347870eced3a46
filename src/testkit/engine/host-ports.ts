import { ArcError } from "../../core/errors/arc-error.ts";
import type { PortSpec } from "../../core/spec/container-spec.ts";
import type { PortTable } from "../../ports/port-table.ts";

/** A host port with who holds it; the address matters, two may share a port on different addresses. */
interface Binding {
  readonly bind: string;
  readonly holder: string;
}

const LEAKED = "podman service";

/** The host's ports: bound by running containers, by foreign programs, or left over inside the service. */
export class HostPorts implements PortTable {
  readonly #bound = new Map<string, Binding[]>();

  async listening(): Promise<ReadonlySet<string>> {
    return new Set(this.#bound.keys());
  }

  /** A foreign program listens. */
  occupy(
    port: number,
    { protocol = "tcp", bind = "0.0.0.0" }: Partial<Pick<PortSpec, "protocol" | "bind">> = {},
  ): void {
    this.#add(`${protocol}/${port}`, { bind, holder: "foreign" });
  }

  /** The foreign program on that port ends. */
  vacate(port: number, protocol: PortSpec["protocol"] = "tcp"): void {
    this.#drop((binding) => binding.holder === "foreign", `${protocol}/${port}`);
  }

  /** In order, as Podman does: ARC_ENGINE_PORT at the first that is taken, with those before it bound. */
  bind(holder: string, ports: readonly PortSpec[]): void {
    for (const { protocol, host, bind } of ports) {
      const key = `${protocol}/${host}`;
      if (this.#bound.get(key)?.some((other) => overlap(other.bind, bind))) {
        const address = bind === "0.0.0.0" ? "" : bind;
        const name = protocol.toUpperCase();
        throw new ArcError(
          "ARC_ENGINE_PORT",
          `cannot listen on the ${name} port: listen ${protocol}4 ${address}:${host}: bind: address already in use`,
        );
      }
      this.#add(key, { bind, holder });
    }
  }

  release(holder: string): void {
    this.#drop((binding) => binding.holder === holder);
  }

  /** Nobody uses them any more and the service still holds them. */
  leak(holder: string): void {
    for (const bindings of this.#bound.values()) {
      bindings.forEach((binding, index) => {
        if (binding.holder === holder) bindings[index] = { bind: binding.bind, holder: LEAKED };
      });
    }
  }

  freeLeaked(): void {
    this.#drop((binding) => binding.holder === LEAKED);
  }

  #add(key: string, binding: Binding): void {
    const bindings = this.#bound.get(key);
    if (bindings) bindings.push(binding);
    else this.#bound.set(key, [binding]);
  }

  #drop(gone: (binding: Binding) => boolean, only?: string): void {
    for (const [key, bindings] of this.#bound) {
      if (only !== undefined && key !== only) continue;
      const kept = bindings.filter((binding) => !gone(binding));
      if (kept.length === bindings.length) continue;
      if (kept.length === 0) this.#bound.delete(key);
      else this.#bound.set(key, kept);
    }
  }
}

const WILDCARDS: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);
const overlap = (a: string, b: string): boolean => a === b || WILDCARDS.has(a) || WILDCARDS.has(b);
