import * as z from "zod";
import { healthSchema } from "./health-schema.ts";
import {
  absolutePath,
  bytes,
  duration,
  envName,
  host,
  octalMode,
  port,
  relativePath,
  secretFile,
  signal,
  template,
} from "./scalars.ts";

const buildSchema = z.strictObject({
  context: relativePath.meta({ description: "Folder under the app's own folder that is sent as the build context." }),
  containerfile: relativePath.default("Containerfile").meta({ description: "Path inside the context." }),
  args: z.record(envName, z.string()).default({}).meta({ description: "Build arguments." }),
});

const derivedEnvSchema = z.strictObject({
  key: envName,
  template: template.meta({
    description: "Text with {{ host_ip }}, {{ settings.x }}, {{ requires.alias.field }} and the like.",
  }),
});

const secretEnvSchema = z.union([
  z.strictObject({ key: envName, secret_file: secretFile }),
  z.strictObject({
    key: envName,
    from: z
      .string()
      .regex(/^requires\.[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$/, "must be requires.<alias>.<field>")
      .meta({ description: "A secret that a required app shares: requires.<alias>.<field>." }),
  }),
]);

const volumeSchema = z.strictObject({
  app: z.string().optional().meta({ description: "A required app whose folder is mounted, always read-only." }),
  source: z.string().min(1).meta({
    description: "A folder under the app's data directory, or an absolute host path (needs consent in node.yml).",
  }),
  target: absolutePath.meta({ description: "Where the container sees it." }),
  read_only: z.boolean().default(false),
  backup: z
    .strictObject({ exclude: z.array(z.string().min(1)).default([]) })
    .optional()
    .meta({ description: "What a backup leaves out." }),
});

const fileSchema = z.strictObject({
  template: relativePath.meta({ description: "A Liquid template in the app's folder, rendered at apply." }),
  target: absolutePath.meta({ description: "Where the container sees the rendered file, read-only." }),
  mode: octalMode.default("0444").meta({ description: "Permission bits; with a secret inside, the user's alone." }),
  on_change: z
    .union([z.literal("restart"), z.strictObject({ signal })])
    .default("restart")
    .meta({ description: "What a changed rendering does to the container." }),
});

const portSchema = z.strictObject({
  container: port.meta({ description: "The port inside the container." }),
  host: port.meta({ description: "The port on the host; node.yml may override it." }),
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
  bind: host.default("0.0.0.0").meta({ description: "The host address it is bound to." }),
  name: z.string().optional().meta({ description: "A word for people." }),
});

const ulimitSchema = z.union([z.int().min(0), z.strictObject({ soft: z.int().min(0), hard: z.int().min(0) })]);

/** One container of an app, as the packager writes it. */
export const containerSchema = z.strictObject({
  image: z
    .string()
    .regex(/^[a-z0-9][\w.:/@-]*$/i, "must be an image reference such as docker.io/library/nginx:1.28@sha256:...")
    .optional()
    .meta({ description: "The image to pull, with tag and digest. Either this or build." }),
  build: buildSchema.optional().meta({ description: "Build the image from the app's folder. Either this or image." }),
  entrypoint: z
    .array(template.min(1, "empty elements are refused"))
    .optional()
    .meta({ description: "Replaces the image's entrypoint. No shell sees it." }),
  custom_args: z
    .array(template.min(1, "empty elements are refused"))
    .default([])
    .meta({ description: "Arguments appended to the command. No shell sees them." }),
  one_shot: z.boolean().default(false).meta({ description: "Runs once and must exit 0 before others start." }),
  start_after: z.array(z.string()).default([]).meta({ description: "Containers of this app that come first." }),
  env: z.record(envName, z.string()).default({}).meta({ description: "Plain environment." }),
  derived_env: z.array(derivedEnvSchema).default([]).meta({ description: "Environment made from facts and settings." }),
  secret_env: z.array(secretEnvSchema).default([]).meta({ description: "Environment read from secrets at apply." }),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][\w.-]*(:[A-Za-z0-9_][\w.-]*)?$/, "must be user or user:group")
    .optional(),
  data_uid: z
    .string()
    .regex(/^\d{1,10}:\d{1,10}$/, 'must be "uid:gid", such as "1000:1000"')
    .optional()
    .meta({ description: "Owner of the app's volumes, put right before create." }),
  hostname: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i, "must be a host name")
    .optional(),
  init: z.boolean().default(false).meta({ description: "Run an init process as pid 1." }),
  volumes: z.array(volumeSchema).default([]),
  tmpfs: z.array(z.strictObject({ target: absolutePath, options: z.string().default("") })).default([]),
  files: z.array(fileSchema).default([]),
  network: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_.-]*$/, "must be a network's name, host or none")
    .optional()
    .meta({ description: "A shared network's name, host or none. Default: the app's own isolated network." }),
  ports: z.array(portSchema).default([]),
  extra_hosts: z
    .array(z.strictObject({ host, ip: z.union([z.ipv4(), z.ipv6(), z.literal("host-gateway")]) }))
    .default([]),
  devices: z.array(absolutePath).default([]).meta({ description: "Host devices, such as /dev/dri." }),
  cap_add: z.array(z.string().regex(/^[A-Z_]+$/)).default([]),
  cap_drop: z.array(z.string().regex(/^[A-Z_]+$/)).default([]),
  privileged: z.boolean().default(false).meta({ description: "Needs the node's consent in node.yml." }),
  read_only: z.boolean().default(false).meta({ description: "Read-only root filesystem." }),
  no_new_privileges: z.boolean().default(true),
  shm_size: bytes.optional(),
  ulimits: z.record(z.string().regex(/^[a-z]+$/), ulimitSchema).default({}),
  sysctls: z.record(z.string().min(1), z.string()).default({}),
  labels: z.record(z.string().min(1), z.string()).default({}),
  resources: z
    .strictObject({
      memory: bytes.optional(),
      cpus: z.number().positive().max(1024).optional(),
      pids: z.int().min(1).optional(),
    })
    .default({}),
  stop: z
    .strictObject({ signal: signal.default("SIGTERM"), grace: duration.prefault("10s") })
    .prefault({})
    .meta({ description: "How it is stopped: never killed inside its grace." }),
  health: healthSchema.default({}),
});

export type ContainerManifest = z.output<typeof containerSchema>;
