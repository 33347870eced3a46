import { grantedCapabilities } from "../../core/diff/capabilities.ts";
import type { ContainerDetail } from "../../core/observed/observed.ts";
import type { ContainerSpec } from "../../core/spec/container-spec.ts";

/** What Podman 4.3 grants by itself. */
export const STANDARD_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** The part of a detail that follows from what a container was made from alone. */
export function madeFrom(
  spec: ContainerSpec,
  files: readonly { readonly source: string; readonly target: string }[] = [],
) {
  const { memory = 0, cpus = 0, pids = 2048 } = spec.resources;
  return {
    workingDir: "/",
    init: spec.init,
    mounts: [
      ...spec.mounts.map(
        ({ source, target, readOnly }) => ({ source, target, readOnly, kind: "bind", name: "" }) as const,
      ),
      ...files.map(({ source, target }) => ({ source, target, readOnly: true, kind: "bind", name: "" }) as const),
    ],
    tmpfs: {
      ...(spec.readOnly && { "/run": ["mode=0755"], "/tmp": ["mode=1777"] }),
      ...Object.fromEntries(spec.tmpfs.map(({ target, options }) => [target, options])),
    },
    networkMode: spec.network.mode,
    extraHosts: spec.extraHosts,
    devices: spec.devices.map((device) => ({ source: device, target: device })),
    capabilities: grantedCapabilities(spec, STANDARD_CAPABILITIES),
    privileged: spec.privileged,
    readOnly: spec.readOnly,
    noNewPrivileges: spec.noNewPrivileges,
    shmSize: spec.shmSize ?? 65_536_000,
    ulimits: spec.ulimits,
    // Made over the API, as all of ours are: then no inspect tells them.
    sysctls: null,
    restartPolicy: "no",
    resources: { memory, cpus, pids },
    stop: spec.stop,
    health: spec.healthCommand
      ? { test: ["CMD", ...spec.healthCommand.command], timeout: spec.healthCommand.timeout }
      : { test: ["NONE"], timeout: 0 },
    extras: {},
  } satisfies Partial<ContainerDetail>;
}
