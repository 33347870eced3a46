import { assertNever } from "../../core/result.ts";
import type { ContainerSpec, NetworkMode } from "../../core/spec/container-spec.ts";
import type { CreateRequest } from "../../ports/engine.ts";
import { signalNumber } from "./signals.ts";
import { tmpfsMounts } from "./tmpfs-mounts.ts";

/** What the host and its networks add to a request. */
export interface CreateContext {
  /** Hard limits for what a spec that sets any limit leaves open. */
  readonly limits: { readonly nofile: number; readonly nproc: number };
  /** What `host-gateway` means here: 4.3 writes the word itself into /etc/hosts. null: it has no meaning. */
  readonly hostGateway: string | null;
}

/**
 * CreateRequest -> the body of `POST containers/create` (libpod's SpecGenerator). Pure. Unknown fields are silently
 * ignored by the engine, so each name here is met by a test that inspects it.
 */
export function createBody(request: CreateRequest, context: CreateContext): Readonly<Record<string, unknown>> {
  const { spec } = request;
  return {
    name: request.name,
    image: spec.image,
    ...(spec.entrypoint === undefined ? {} : { entrypoint: spec.entrypoint }),
    ...(spec.args.length === 0 ? {} : { command: spec.args }),
    env: { ...spec.env, ...request.secretEnv },
    // The service's own proxy settings, credentials included, would be baked into every container.
    httpproxy: false,
    ...(spec.user === undefined ? {} : { user: spec.user }),
    ...(spec.hostname === undefined ? {} : { hostname: spec.hostname }),
    init: spec.init,
    // No guessing from the command's name whether a systemd is inside.
    systemd: "false",
    labels: request.labels,
    annotations: request.annotations,
    mounts: mounts(request),
    // What an image declares as VOLUME and no manifest covers stays in the container's own layer and goes with it: the
    // engine's default is an anonymous volume that would hold data where nobody looks for it.
    image_volume_mode: "ignore",
    ...network(spec.network),
    portmappings: spec.ports.map((port) => ({
      container_port: port.container,
      host_port: port.host,
      // Every address is the empty one: netavark 1.4 takes 0.0.0.0 at its word, and its rule then matches no packet.
      host_ip: port.bind === "0.0.0.0" ? "" : port.bind,
      protocol: port.protocol,
    })),
    hostadd: extraHosts(spec, context),
    devices: spec.devices.map((path) => ({ path })),
    cap_add: spec.capAdd,
    cap_drop: spec.capDrop,
    privileged: spec.privileged,
    read_only_filesystem: spec.readOnly,
    no_new_privileges: spec.noNewPrivileges,
    ...(spec.shmSize === undefined ? {} : { shm_size: spec.shmSize }),
    ...rlimits(spec, context),
    sysctl: spec.sysctls,
    resource_limits: resources(spec),
    ...stopping(spec),
    // The daemon alone restarts.
    restart_policy: "no",
    healthconfig: health(spec),
  };
}

function mounts(request: CreateRequest): readonly object[] {
  const { spec, files } = request;
  const bind = (source: string, destination: string, readOnly: boolean): object => ({
    type: "bind",
    source,
    destination,
    options: ["rbind", readOnly ? "ro" : "rw"],
  });
  return [
    ...tmpfsMounts(request).map(({ target, options }) => ({
      type: "tmpfs",
      source: "tmpfs",
      destination: target,
      options,
    })),
    ...spec.mounts.map((mount) => bind(mount.source, mount.target, mount.readOnly)),
    ...files.map((file) => bind(file.source, file.target, true)),
  ];
}

function network(mode: NetworkMode): object {
  switch (mode.mode) {
    case "host":
    case "none":
      return { netns: { nsmode: mode.mode } };
    case "bridge":
      return {
        netns: { nsmode: "bridge" },
        // Capitalised, as 4.x and 5.x both read it.
        Networks: Object.fromEntries(mode.networks.map(({ name, aliases }) => [name, { aliases }])),
      };
    default:
      return assertNever(mode);
  }
}

function extraHosts(spec: ContainerSpec, context: CreateContext): readonly string[] {
  return spec.extraHosts.flatMap(({ host, ip }) => {
    const address = ip === "host-gateway" ? context.hostGateway : ip;
    return address === null ? [] : [`${host}:${address}`];
  });
}

/** Where a body names any limit, the one of NOFILE and NPROC that is missing becomes 1048576, and fails: both or none. */
function rlimits(spec: ContainerSpec, { limits }: CreateContext): object {
  if (Object.keys(spec.ulimits).length === 0) return {};
  const both = (limit: number): { soft: number; hard: number } => ({ soft: limit, hard: limit });
  const all = { nofile: both(limits.nofile), nproc: both(limits.nproc), ...spec.ulimits };
  return { r_limits: Object.entries(all).map(([name, limit]) => ({ type: name.toUpperCase(), ...limit })) };
}

const CPU_PERIOD_MICROS = 100_000;

function resources({ resources: { memory, cpus, pids } }: ContainerSpec): object {
  return {
    ...(memory === undefined ? {} : { memory: { limit: memory } }),
    ...(cpus === undefined ? {} : { cpu: { quota: Math.round(cpus * CPU_PERIOD_MICROS), period: CPU_PERIOD_MICROS } }),
    ...(pids === undefined ? {} : { pids: { limit: pids } }),
  };
}

/** The engine counts the grace in whole seconds; it counts only where the engine itself stops a container. */
function stopping({ stop }: ContainerSpec): object {
  const signal = signalNumber(stop.signal);
  return { ...(signal === null ? {} : { stop_signal: signal }), stop_timeout: Math.ceil(stop.grace / 1_000) };
}

const NANOS_PER_MS = 1_000_000;

/**
 * With an interval of 0 the engine never makes a timer: the command runs when we ask. Without a command, NONE: an
 * image's own check must not be scheduled either. A timeout that is left out counts as 0 and fails at once.
 */
function health({ healthCommand }: ContainerSpec): object {
  if (!healthCommand) return { Test: ["NONE"] };
  const { command, timeout } = healthCommand;
  return { Test: ["CMD", ...command], Interval: 0, Timeout: timeout * NANOS_PER_MS, Retries: 1 };
}
