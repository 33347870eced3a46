import * as z from "zod";
import { healthSchema } from "./health-schema.ts";
import { fileSchema, tmpfsSchema, volumeSchema } from "./mount-schema.ts";
import {
  absolutePath,
  bindAddress,
  bytes,
  duration,
  envName,
  host,
  imageReference,
  identifier,
  owner,
  port,
  relativePath,
  secretFile,
  signal,
  template,
} from "./scalars.ts";

const buildSchema = z.strictObject({
  context: relativePath.meta({ description: "Folder under the app's own folder that is sent as the build context." }),
  containerfile: relativePath
    .default("Containerfile")
    .meta({ description: "Path inside the context. Default: Containerfile." }),
  args: z.record(envName, z.string()).default({}).meta({ description: "Build arguments. Never a secret." }),
});

const envKey = envName.meta({ description: "The environment variable's name." });

export const derivedEnvSchema = z.strictObject({
  key: envKey,
  template: template.meta({
    description: "Text with {{ host_ip }}, {{ settings.x }}, {{ requires.alias.field }} and the like.",
  }),
});

export const secretEnvSchema = z.union([
  z.strictObject({
    key: envKey,
    secret_file: secretFile.meta({
      description: "A file in the secrets directory: one that `secrets` generates, or that the owner puts there.",
    }),
  }),
  z.strictObject({
    key: envKey,
    from: z
      .string()
      .regex(/^requires\.[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$/, "must be requires.<alias>.<field>")
      .meta({ description: "A secret that a required app shares: requires.<alias>.<field>." }),
  }),
]);

export const portSchema = z.strictObject({
  container: port.meta({ description: "The port inside the container." }),
  host: port.meta({ description: "The port on the host; node.yml may override it." }),
  protocol: z.enum(["tcp", "udp"]).default("tcp").meta({ description: "tcp or udp. Default: tcp." }),
  bind: bindAddress
    .default("0.0.0.0")
    .meta({ description: "The host's address it is bound to; 127.0.0.1 keeps it on the host. Default: 0.0.0.0." }),
  name: z.string().min(1).optional().meta({ description: "A word for people." }),
});

const limit = z.int().min(0);
const ulimitSchema = z.union([
  limit,
  z.strictObject({
    soft: limit.meta({ description: "The limit that counts." }),
    hard: limit.meta({ description: "How far the process may raise it." }),
  }),
]);

const capability = z
  .string()
  .regex(/^(ALL|(CAP_)?[A-Z]+(_[A-Z]+)*)$/, "must be a capability's name such as NET_ADMIN, or ALL");

const argument = template.min(1, "empty elements are refused");

/** One container of an app, as the packager writes it. */
export const containerSchema = z
  .strictObject({
    image: imageReference
      .optional()
      .meta({ description: "The image to pull, with tag and digest. Either this or build." }),
    build: buildSchema.optional().meta({ description: "Build the image from the app's folder. Either this or image." }),
    entrypoint: z
      .array(argument)
      .optional()
      .meta({ description: "Replaces the image's entrypoint. Templates are filled in; no shell sees it." }),
    custom_args: z
      .array(argument)
      .default([])
      .meta({ description: "Arguments appended to the command. Templates are filled in; no shell sees them." }),
    one_shot: z
      .boolean()
      .default(false)
      .meta({ description: "Runs once and must exit 0 before those that start after it. Default: false." }),
    start_after: z.array(identifier).default([]).meta({ description: "Containers of this app that come first." }),
    env: z.record(envName, z.string()).default({}).meta({ description: "Plain environment; no templates." }),
    derived_env: z
      .array(derivedEnvSchema)
      .default([])
      .meta({ description: "Environment made from host facts, settings and required apps." }),
    secret_env: z.array(secretEnvSchema).default([]).meta({ description: "Environment read from secrets at apply." }),
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][\w.-]*(:[A-Za-z0-9_][\w.-]*)?$/, "must be user or user:group")
      .optional()
      .meta({ description: 'Who the process runs as: "uid:gid" or names. Default: the image\'s.' }),
    data_uid: owner
      .optional()
      .meta({ description: 'Owner of the app\'s volumes as "uid:gid", put right before create.' }),
    hostname: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i, "must be a host name of at most 63 letters, digits and hyphens")
      .optional()
      .meta({ description: "The host name inside the container." }),
    init: z.boolean().default(false).meta({ description: "Run an init process as pid 1. Default: false." }),
    volumes: z.array(volumeSchema).default([]).meta({ description: "Folders that outlive the container." }),
    tmpfs: z.array(tmpfsSchema).default([]).meta({ description: "Folders in memory." }),
    files: z
      .array(fileSchema)
      .default([])
      .meta({ description: "Files rendered from templates at apply. They may read secrets." }),
    network: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_.-]*$/, "must be a network's name, host or none")
      .optional()
      .meta({ description: "A shared network's name, host or none. Default: the app's own isolated network." }),
    ports: z.array(portSchema).default([]).meta({ description: "Ports that the host answers on." }),
    extra_hosts: z
      .array(
        z.strictObject({
          host: host.meta({ description: "The name." }),
          ip: z
            .union([z.ipv4(), z.ipv6(), z.literal("host-gateway")], "must be an IP address or host-gateway")
            .meta({ description: "Its address, or host-gateway for the host itself." }),
        }),
      )
      .default([])
      .meta({ description: "More lines for /etc/hosts." }),
    devices: z.array(absolutePath).default([]).meta({ description: "Host devices, such as /dev/dri." }),
    cap_add: z.array(capability).default([]).meta({ description: "Capabilities it needs, such as CHOWN." }),
    cap_drop: z.array(capability).default([]).meta({ description: "Capabilities it does without; best: ALL." }),
    privileged: z
      .boolean()
      .default(false)
      .meta({ description: "All rights on the host. Needs the node's consent in node.yml. Default: false." }),
    read_only: z.boolean().default(false).meta({ description: "Read-only root filesystem. Default: false." }),
    no_new_privileges: z
      .boolean()
      .default(true)
      .meta({ description: "No process may gain rights that its parent lacks. Default: true." }),
    shm_size: bytes.optional().meta({ description: "Size of /dev/shm, such as 64m." }),
    ulimits: z
      .record(z.string().regex(/^[a-z]+$/, "must be a limit's name such as nofile"), ulimitSchema)
      .default({})
      .meta({ description: "Limits such as nofile: one number, or { soft, hard }." }),
    sysctls: z
      .record(z.string().regex(/^[a-z0-9_]+(\.[a-z0-9_-]+)+$/, "must be a kernel setting's name"), z.string())
      .default({})
      .meta({ description: 'Kernel settings of the container, such as net.core.somaxconn: "1024".' }),
    labels: z
      .record(z.string().min(1), z.string())
      .default({})
      .meta({ description: "Labels of your own; archipelago.* is taken." }),
    resources: z
      .strictObject({
        memory: bytes.optional().meta({ description: "Most memory, such as 1g." }),
        cpus: z.number().positive().max(1024).optional().meta({ description: "Most CPUs, such as 1.5." }),
        pids: z.int().min(1).optional().meta({ description: "Most processes and threads." }),
      })
      .default({})
      .meta({ description: "The most it may use." }),
    stop: z
      .strictObject({
        signal: signal.default("SIGTERM").meta({ description: "The signal that asks it to end. Default: SIGTERM." }),
        grace: duration
          .prefault("10s")
          .meta({ description: "How long it may take; never killed before. Default: 10s." }),
      })
      .prefault({})
      .meta({ description: "How it is stopped: never killed inside its grace." }),
    health: healthSchema.default({}).meta({ description: "How it is seen that it has started, is ready, and lives." }),
  })
  .meta({ id: "container" });

export type ContainerManifest = z.output<typeof containerSchema>;
