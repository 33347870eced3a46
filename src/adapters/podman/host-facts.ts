import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ProcessLimits, readProcessLimits } from "./process-limits.ts";

/** What decides how a Podman must be set up to work on this host. */
export interface PodmanHost {
  /** Whether the one hierarchy of cgroup v2 is all there is; false for v1 and hybrid. */
  readonly unifiedCgroups: boolean;
  readonly systemd: boolean;
  /** CAP_SYS_RESOURCE: without it no limit can be raised above the hard one. */
  readonly mayRaiseLimits: boolean;
  readonly limits: ProcessLimits;
  /** Runtimes that are installed. */
  readonly runtimes: readonly ("crun" | "runc")[];
}

export function readPodmanHost(path: string = process.env["PATH"] ?? ""): PodmanHost {
  return {
    unifiedCgroups: existsSync("/sys/fs/cgroup/cgroup.controllers"),
    systemd: existsSync("/run/systemd/system"),
    mayRaiseLimits: hasCapability(readFileSync("/proc/self/status", "utf8"), CAP_SYS_RESOURCE),
    limits: readProcessLimits(),
    runtimes: (["crun", "runc"] as const).filter((name) => findProgram(name, path) !== null),
  };
}

const CAP_SYS_RESOURCE = 24n;

/** Pure; `status` as in /proc/self/status. */
export function hasCapability(status: string, bit: bigint): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0";
  return ((BigInt(`0x${mask}`) >> bit) & 1n) === 1n;
}

/** Absolute path of a program; null where it is not installed. Looks in the folders for root's programs too. */
export function findProgram(name: string, path: string, more: readonly string[] = []): string | null {
  for (const folder of [...path.split(":"), "/usr/sbin", "/sbin", "/usr/bin", "/bin", ...more]) {
    const file = join(folder, name);
    try {
      if (folder === "") continue;
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}
