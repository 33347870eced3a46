import { readFileSync, readlinkSync, statfsSync } from "node:fs";
import { arch, availableParallelism, hostname, networkInterfaces, totalmem } from "node:os";
import { dirname } from "node:path";
import type { HostFacts } from "../../core/facts.ts";
import type { FactSource } from "../../ports/fact-source.ts";
import { isMissing } from "../files/errno.ts";
import { hostAddress, type Interfaces } from "./host-address.ts";
import { countCpus, mdnsName, ociArchitecture, zoneOfLink } from "./host-texts.ts";

/** Where the host tells of itself. */
export interface HostSources {
  readonly route4: string;
  readonly route6: string;
  readonly cpusOnline: string;
  readonly localtime: string;
  readonly timezone: string;
  readonly interfaces: () => Interfaces;
  readonly hostname: () => string;
  /** ms of a clock that is never set. */
  readonly uptime: () => number;
}

/** ms. With 100 containers the kernel lists 200 interfaces, which takes 2 ms: too much for each look of a busy loop. */
const ADDRESS_HOLDS = 5_000;

const HOST: HostSources = {
  route4: "/proc/net/route",
  route6: "/proc/net/ipv6_route",
  cpusOnline: "/sys/devices/system/cpu/online",
  localtime: "/etc/localtime",
  timezone: "/etc/timezone",
  interfaces: networkInterfaces,
  hostname,
  uptime: () => performance.now(),
};

/**
 * The host as it is now, its address as it was up to 5 s ago. A fact that can't be told is empty, 0 or a default: a look never fails because of one.
 *
 * `cpus` counts the host's processors and not those this process may use: a CPU quota on the daemon's own cgroup does
 * not hold for the containers. `timezone` is read from the disk because the runtime remembers it from its start.
 */
export class HostFactSource implements FactSource {
  readonly #dataDir: string;
  readonly #sources: HostSources;
  #known: { readonly address: string; readonly at: number } | null = null;

  /** `disk_gb` is that of the filesystem which holds `dataDir`, or will once it is made. */
  constructor(options: { readonly dataDir: string } & Partial<HostSources>) {
    this.#dataDir = options.dataDir;
    this.#sources = { ...HOST, ...options };
  }

  async read(): Promise<HostFacts> {
    const name = this.#sources.hostname();
    return {
      host_ip: this.#address(),
      host_mdns: mdnsName(name),
      host_name: name,
      disk_gb: diskSize(this.#dataDir),
      memory_mb: Math.floor(totalmem() / 1024 ** 2),
      cpus: countCpus(textOf(this.#sources.cpusOnline)) ?? availableParallelism(),
      arch: ociArchitecture(arch()),
      timezone: this.#timezone(),
    };
  }

  #address(): string {
    const now = this.#sources.uptime();
    if (!this.#known || now - this.#known.at >= ADDRESS_HOLDS) {
      const address = hostAddress({
        routes4: () => textOf(this.#sources.route4),
        routes6: () => textOf(this.#sources.route6),
        interfaces: () => this.#interfaces(),
      });
      this.#known = { address, at: now };
    }
    return this.#known.address;
  }

  #interfaces(): Interfaces {
    try {
      return this.#sources.interfaces();
    } catch {
      return {};
    }
  }

  #timezone(): string {
    const named = textOf(this.#sources.timezone).trim();
    return zoneOfLink(linkOf(this.#sources.localtime)) ?? (named === "" ? "Etc/UTC" : named);
  }
}

/** Empty where it can't be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** In 10^9 bytes, of the nearest parent that exists; 0 where that can't be told. */
function diskSize(path: string): number {
  try {
    const { blocks, bsize } = statfsSync(path, { bigint: true });
    return Number((blocks * bsize) / 1_000_000_000n);
  } catch (error) {
    return isMissing(error) && dirname(path) !== path ? diskSize(dirname(path)) : 0;
  }
}
