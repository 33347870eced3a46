import { readFileSync } from "node:fs";

/** The largest limits that a container may be given on this host without CAP_SYS_RESOURCE. */
export interface ProcessLimits {
  readonly nofile: number;
  readonly nproc: number;
}

/** What Podman itself gives where nothing is said. */
const MOST = 1_048_576;

/** Of this process, whose children inherit them. */
export function readProcessLimits(): ProcessLimits {
  return processLimits(readFileSync("/proc/self/limits", "utf8"), readFileSync("/proc/sys/kernel/pid_max", "utf8"));
}

/** Pure; texts as in /proc. */
export function processLimits(limits: string, pidMax: string): ProcessLimits {
  const hard = (name: string): number => {
    const text = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(limits)?.[1] ?? "unlimited";
    return text === "unlimited" ? MOST : Math.min(MOST, Number(text));
  };
  return { nofile: hard("Max open files"), nproc: Math.min(hard("Max processes"), Number(pidMax)) };
}
