import type { ContainerSpec } from "../spec/container-spec.ts";
import { one, type EngineView, type FieldValues } from "./field.ts";

type Limits = ContainerSpec["ulimits"];

export const limitTexts = (ulimits: Limits): FieldValues =>
  Object.fromEntries(Object.entries(ulimits).map(([key, { soft, hard }]) => [key, `${soft}:${hard}`]));

/** The engine sets both of these by itself, and does not tell its own from those that were asked for. */
const ENGINES_LIMITS = new Set(["nofile", "nproc"]);

export function readUlimits({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  const told = Object.entries(detail.ulimits).filter(([key]) => key in spec.ulimits || !ENGINES_LIMITS.has(key));
  return limitTexts(Object.fromEntries(told));
}

export function readSysctls({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  if (detail.sysctls !== null) return detail.sysctls;
  return Object.fromEntries(Object.keys(spec.sysctls).map((key) => [key, "not told by the engine"]));
}

/** Podman's own, which its source calls 65536k and takes for thousands, and the round number (4.3, 5.4). */
const ENGINES_SHM = new Set([0, 65_536_000, 67_108_864]);

export function readShmSize({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  return spec.shmSize === undefined && ENGINES_SHM.has(detail.shmSize) ? {} : one(detail.shmSize || undefined);
}

/** Podman's own limit of processes; 0 and less is none at all. */
const ENGINES_PIDS = 2048;

export function readResources({ detail: { resources } }: EngineView, spec: ContainerSpec): FieldValues {
  const { memory, cpus, pids } = resources;
  const ownPids = spec.resources.pids === undefined && (pids <= 0 || pids === ENGINES_PIDS);
  return {
    ...(memory > 0 && { memory: String(memory) }),
    ...(cpus > 0 && { cpus: String(cpus) }),
    ...(!ownPids && { pids: String(pids) }),
  };
}

export const limitsOf = ({ resources }: ContainerSpec): FieldValues => ({
  ...(resources.memory !== undefined && { memory: String(resources.memory) }),
  ...(resources.cpus !== undefined && { cpus: String(resources.cpus) }),
  ...(resources.pids !== undefined && { pids: String(resources.pids) }),
});

/** `TERM` and `SIGTERM` are one signal. The grace is given at every stop, whatever the engine would wait by itself. */
export function readStop({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  const plain = (signal: string): string => signal.replace(/^SIG/, "");
  const found = detail.stop.signal || "SIGTERM";
  const signal = plain(found) === plain(spec.stop.signal) ? spec.stop.signal : found;
  return { signal, grace: `${spec.stop.grace} ms` };
}
