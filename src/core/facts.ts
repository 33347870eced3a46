/** What is true of this host now. The keys are the names templates use. Read again at every look. */
export interface HostFacts {
  /** Address of the default route's interface; empty where there is no route. */
  readonly host_ip: string;
  /** `<hostname>.local` */
  readonly host_mdns: string;
  readonly host_name: string;
  /** Size of the data directory's filesystem, in 10^9 bytes, rounded down. */
  readonly disk_gb: number;
  /** Total memory in MiB. */
  readonly memory_mb: number;
  readonly cpus: number;
  /** As in OCI images: amd64, arm64. */
  readonly arch: string;
  /** IANA name, such as Europe/Vienna. */
  readonly timezone: string;
}

export const FACT_NAMES = [
  "host_ip",
  "host_mdns",
  "host_name",
  "disk_gb",
  "memory_mb",
  "cpus",
  "arch",
  "timezone",
] as const satisfies readonly (keyof HostFacts)[];
