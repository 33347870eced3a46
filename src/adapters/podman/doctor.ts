import type { PodmanHost } from "./host-facts.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What a person can do; empty where nothing is to be done. */
  readonly next: string;
}

/** All that doctor decides from. Paths are null where a program is missing. */
export interface DoctorFacts {
  readonly root: boolean;
  readonly host: PodmanHost;
  readonly programs: Readonly<
    Record<"podman" | "conmon" | "netavark" | "aardvark-dns" | "catatonit" | "iptables" | "nft" | "ip", string | null>
  >;
  /** As `podman --version` says it; null: it could not be asked. */
  readonly podmanVersion: string | null;
  readonly socket: string;
  /** What the service says of itself; null: nobody answers. */
  readonly service: {
    readonly version: string;
    readonly runtime: string;
    readonly networkBackend: string;
    readonly cgroups: string;
  } | null;
  /** As mounted: ext4, overlay, tmpfs, ... */
  readonly storageFilesystem: string;
  readonly runFilesystem: string;
  /** Bytes, where containers and data are kept. */
  readonly freeBytes: number;
}

const OLDEST: readonly [number, number] = [4, 3];
const LEAST_FREE = 5e9;

/** Says what stands in the way of running containers on this host, and what to do about it. Pure. */
export function diagnose(facts: DoctorFacts): readonly Finding[] {
  return [
    root(facts),
    podman(facts),
    runtime(facts),
    limits(facts),
    program(facts, "conmon", "watches each container"),
    program(facts, "netavark", "makes the networks"),
    program(facts, "aardvark-dns", "resolves containers by name"),
    firewall(facts),
    program(facts, "ip", "keeps bridges at their address", "iproute2"),
    program(facts, "catatonit", "is pid 1 where a manifest says `init: true`"),
    service(facts),
    runDirectory(facts),
    storage(facts),
    space(facts),
  ];
}

const fine = (name: string, detail: string): Finding => ({ name, ok: true, detail, next: "" });
const wrong = (name: string, detail: string, next: string): Finding => ({ name, ok: false, detail, next });
const install = (name: string): string => `apt-get install ${name}`;

function root({ root: is }: DoctorFacts): Finding {
  if (is) return fine("root", "runs as root");
  return wrong("root", "does not run as root", "Run it as root, for example with sudo.");
}

function podman({ programs, podmanVersion }: DoctorFacts): Finding {
  if (programs.podman === null) return wrong("podman", "is not installed", install("podman"));
  if (podmanVersion === null) {
    return wrong(
      "podman",
      "is installed but does not say its version",
      "Run `podman --version` and mend what it says.",
    );
  }
  const [major = 0, minor = 0] = podmanVersion.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return fine("podman", podmanVersion);
  return wrong("podman", `${podmanVersion} is too old`, `Upgrade to Podman ${OLDEST.join(".")} or later.`);
}

function runtime({ host, service: running }: DoctorFacts): Finding {
  const cgroups = host.unifiedCgroups ? "cgroups v2" : "cgroups v1 or hybrid";
  if (host.runtimes.length === 0) return wrong("runtime", "neither crun nor runc is installed", install("runc"));
  if (host.unifiedCgroups) return fine("runtime", `${running?.runtime ?? host.runtimes.join(", ")} on ${cgroups}`);
  if (!host.runtimes.includes("runc")) {
    return wrong("runtime", `crun can't start containers on ${cgroups}`, install("runc"));
  }
  if (running && running.runtime !== "runc") {
    return wrong(
      "runtime",
      `the service uses ${running.runtime}, which can't start containers on ${cgroups}`,
      'Set runtime = "runc" under [engine] in containers.conf and restart the service.',
    );
  }
  return fine("runtime", `runc on ${cgroups}`);
}

function limits({ host }: DoctorFacts): Finding {
  const { nofile, nproc } = host.limits;
  if (host.mayRaiseLimits) return fine("limits", "may be raised (CAP_SYS_RESOURCE)");
  const detail = `can't be raised (no CAP_SYS_RESOURCE): nofile ${nofile}, nproc ${nproc}`;
  if (nofile >= 1_024 && nproc >= 1_024) return fine("limits", detail);
  return wrong("limits", detail, "Raise the hard limits of the daemon: ulimit -Hn and ulimit -Hu.");
}

type Program = keyof DoctorFacts["programs"];

function program({ programs }: DoctorFacts, name: Program, does: string, from: string = name): Finding {
  const path = programs[name];
  return path === null ? wrong(name, `is not installed; it ${does}`, install(from)) : fine(name, path);
}

/** netavark drives iptables, from 1.10 on nftables where it is told so. */
function firewall({ programs }: DoctorFacts): Finding {
  const path = programs.iptables ?? programs.nft;
  return path === null
    ? wrong("iptables", "is not installed; netavark needs it to publish ports", install("iptables"))
    : fine("iptables", path);
}

function service({ service: running, socket }: DoctorFacts): Finding {
  if (!running) return fine("service", `nobody answers at ${socket} yet; \`archipelago up\` starts one`);
  if (running.networkBackend === "netavark") return fine("service", `Podman ${running.version} answers at ${socket}`);
  return wrong(
    "service",
    `it uses the network backend ${running.networkBackend}, which knows no isolated networks with DNS`,
    'Set network_backend = "netavark" under [network] in containers.conf, then `podman system reset` on a fresh node.',
  );
}

/** Where /run survives a boot, what Podman left there blocks the first starts. */
function runDirectory({ runFilesystem }: DoctorFacts): Finding {
  if (runFilesystem === "tmpfs") return fine("run directory", "/run is a tmpfs");
  return wrong(
    "run directory",
    `/run is ${runFilesystem}, so that stale state survives a reboot`,
    "Mount a tmpfs on /run; after an unclean boot remove /run/libpod, /run/containers and /run/runc.",
  );
}

function storage({ storageFilesystem }: DoctorFacts): Finding {
  if (storageFilesystem !== "overlay") return fine("storage", `on ${storageFilesystem}`);
  return wrong(
    "storage",
    "the store lies on an overlay, where the overlay driver does not work",
    "Keep /var/lib/containers on a real filesystem, such as a volume with ext4.",
  );
}

function space({ freeBytes }: DoctorFacts): Finding {
  const detail = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  return freeBytes >= LEAST_FREE ? fine("free space", detail) : wrong("free space", detail, "Free some disk space.");
}
