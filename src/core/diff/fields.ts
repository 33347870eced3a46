import type { ContainerDetail } from "../observed/observed.ts";
import type { ContainerSpec, MountSpec, PortSpec } from "../spec/container-spec.ts";
import type { Impact } from "./diff.ts";

/** Sub-path -> text for people; the sub-path "" stands for the field itself. Absent: not set. */
export type FieldValues = Readonly<Record<string, string>>;

/** One row of the table: everything the project knows of a field of a container. */
export interface Field {
  readonly name: string;
  /** What it costs to put a difference right. */
  readonly impact: Impact;
  /** From a spec. Secrets show as their HMAC. */
  readonly fromSpec: (spec: ContainerSpec) => FieldValues;
  /**
   * From the engine, reduced to what the spec speaks of: images and engines add things of their own (PATH, HOSTNAME),
   * which are no difference. Absent: the engine does not tell it.
   */
  readonly fromEngine?: (detail: ContainerDetail, spec: ContainerSpec) => FieldValues;
}

const one = (value: string | number | boolean | undefined): FieldValues =>
  value === undefined || value === "" || value === false ? {} : { "": String(value) };

const list = (values: readonly string[] | undefined): FieldValues =>
  values === undefined || values.length === 0 ? {} : { "": JSON.stringify(values) };

const set = (values: readonly string[]): FieldValues => Object.fromEntries(values.map((value) => [value, "yes"]));

const mount = ({ source, readOnly }: Pick<MountSpec, "source" | "readOnly">): string =>
  readOnly ? `${source} (read-only)` : source;

const publish = (ports: readonly PortSpec[]): FieldValues =>
  Object.fromEntries(
    ports.map((p) => [`${p.container}/${p.protocol}`, `${p.bind === "" ? "0.0.0.0" : p.bind}:${p.host}`]),
  );

/** `DAC_OVERRIDE`, `CAP_DAC_OVERRIDE` -> `DAC_OVERRIDE` */
const capability = (name: string): string => name.replace(/^CAP_/, "");

/**
 * The one table of fields. desired against last-applied reads `fromSpec` twice; an engine's container that carries no
 * last-applied is read by `fromEngine`.
 */
export const FIELDS: readonly Field[] = [
  { name: "image", impact: "recreate", fromSpec: (s) => one(s.image), fromEngine: (d) => one(d.image) },
  {
    name: "build",
    impact: "recreate",
    fromSpec: (s) =>
      s.build
        ? {
            context: s.build.digest.slice(0, 12),
            containerfile: s.build.containerfile,
            ...Object.fromEntries(Object.entries(s.build.args).map(([key, value]) => [`args.${key}`, value])),
          }
        : {},
  },
  {
    name: "entrypoint",
    impact: "recreate",
    fromSpec: (s) => list(s.entrypoint),
    fromEngine: (d, s) => (s.entrypoint ? list(d.entrypoint) : {}),
  },
  {
    name: "args",
    impact: "recreate",
    fromSpec: (s) => list(s.args),
    fromEngine: (d, s) => (s.args.length > 0 ? list(d.command) : {}),
  },
  {
    name: "env",
    impact: "recreate",
    fromSpec: (s) => ({
      ...s.env,
      ...Object.fromEntries(
        Object.entries(s.secretEnv).map(([key, ref]) => [key, `secret ${ref.secret} (${ref.hmac.slice(0, 8)})`]),
      ),
    }),
    // Values that may be secret never come from the engine into a diff.
    fromEngine: (d, s) => Object.fromEntries(Object.entries(d.env).filter(([key]) => key in s.env)),
  },
  { name: "user", impact: "recreate", fromSpec: (s) => one(s.user), fromEngine: (d, s) => (s.user ? one(d.user) : {}) },
  { name: "data_uid", impact: "recreate", fromSpec: (s) => one(s.dataUid) },
  {
    name: "hostname",
    impact: "recreate",
    fromSpec: (s) => one(s.hostname),
    fromEngine: (d, s) => (s.hostname ? one(d.hostname) : {}),
  },
  { name: "init", impact: "recreate", fromSpec: (s) => one(s.init) },
  {
    name: "volumes",
    impact: "data-risk",
    fromSpec: (s) => Object.fromEntries(s.mounts.map((m) => [m.target, mount(m)])),
    fromEngine: (d, s) =>
      Object.fromEntries(
        d.mounts.filter((m) => !s.files.some((file) => file.target === m.target)).map((m) => [m.target, mount(m)]),
      ),
  },
  {
    name: "tmpfs",
    impact: "recreate",
    fromSpec: (s) => Object.fromEntries(s.tmpfs.map((t) => [t.target, t.options.join(",") || "defaults"])),
  },
  {
    name: "files",
    impact: "recreate",
    // A file that is followed by a signal changes under the running container; file-drift.ts compares its content.
    fromSpec: (s) =>
      Object.fromEntries(
        s.files.map((f) => [f.target, `${f.mode} ${f.onChange === "restart" ? f.digest.slice(0, 19) : "live"}`]),
      ),
  },
  {
    name: "network",
    impact: "recreate",
    fromSpec: (s) => one(s.network.mode),
    fromEngine: (d) => one(d.networkMode === "host" || d.networkMode === "none" ? d.networkMode : "bridge"),
  },
  {
    name: "networks",
    impact: "recreate",
    fromSpec: (s) =>
      s.network.mode === "bridge"
        ? Object.fromEntries(s.network.networks.map((n) => [n.name, n.aliases.join(" ") || "joined"]))
        : {},
    fromEngine: (d, s) =>
      Object.fromEntries(
        d.networks.map((name) => {
          const asked = s.network.mode === "bridge" ? s.network.networks.find((n) => n.name === name) : undefined;
          return [name, asked ? asked.aliases.join(" ") || "joined" : "joined"];
        }),
      ),
  },
  { name: "ports", impact: "recreate", fromSpec: (s) => publish(s.ports), fromEngine: (d) => publish(d.ports) },
  {
    name: "extra_hosts",
    impact: "recreate",
    fromSpec: (s) => Object.fromEntries(s.extraHosts.map((h) => [h.host, h.ip])),
  },
  { name: "devices", impact: "recreate", fromSpec: (s) => set(s.devices) },
  {
    name: "cap_add",
    impact: "recreate",
    fromSpec: (s) => set(s.capAdd.map(capability)),
    fromEngine: (d) => set(d.capAdd.map(capability)),
  },
  {
    name: "cap_drop",
    impact: "recreate",
    fromSpec: (s) => set(s.capDrop.map(capability)),
    // Engines spell ALL out as the long list; what was asked for can't be told from it.
    fromEngine: (d, s) =>
      set((s.capDrop.includes("ALL") && d.capDrop.length > 0 ? s.capDrop : d.capDrop).map(capability)),
  },
  {
    name: "privileged",
    impact: "recreate",
    fromSpec: (s) => one(s.privileged),
    fromEngine: (d) => one(d.privileged),
  },
  { name: "read_only", impact: "recreate", fromSpec: (s) => one(s.readOnly), fromEngine: (d) => one(d.readOnly) },
  { name: "no_new_privileges", impact: "recreate", fromSpec: (s) => one(s.noNewPrivileges) },
  { name: "shm_size", impact: "recreate", fromSpec: (s) => one(s.shmSize) },
  {
    name: "ulimits",
    impact: "recreate",
    fromSpec: (s) => Object.fromEntries(Object.entries(s.ulimits).map(([key, u]) => [key, `${u.soft}:${u.hard}`])),
  },
  { name: "sysctls", impact: "recreate", fromSpec: (s) => s.sysctls },
  {
    name: "labels",
    impact: "recreate",
    fromSpec: (s) => s.labels,
    fromEngine: (d, s) => Object.fromEntries(Object.entries(d.labels).filter(([key]) => key in s.labels)),
  },
  {
    name: "resources",
    impact: "recreate",
    fromSpec: (s) => ({
      ...(s.resources.memory !== undefined && { memory: String(s.resources.memory) }),
      ...(s.resources.cpus !== undefined && { cpus: String(s.resources.cpus) }),
      ...(s.resources.pids !== undefined && { pids: String(s.resources.pids) }),
    }),
    fromEngine: (d, s) => ({
      ...(s.resources.memory !== undefined && { memory: String(d.resources.memory) }),
      ...(s.resources.cpus !== undefined && { cpus: String(d.resources.cpus) }),
      ...(s.resources.pids !== undefined && { pids: String(d.resources.pids) }),
    }),
  },
  { name: "stop", impact: "recreate", fromSpec: (s) => ({ signal: s.stop.signal, grace: `${s.stop.grace} ms` }) },
  {
    name: "health",
    impact: "recreate",
    fromSpec: (s) =>
      s.healthCommand
        ? { command: JSON.stringify(s.healthCommand.command), timeout: `${s.healthCommand.timeout} ms` }
        : {},
  },
];
