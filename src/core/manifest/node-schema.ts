import * as z from "zod";
import { bytes, identifier, imageReference, port } from "./scalars.ts";

const setting = z.union([z.string(), z.number(), z.boolean()], "must be text, a number, true or false");

const appEntrySchema = z.strictObject({
  state: z
    .enum(["running", "stopped"])
    .default("running")
    .meta({ description: "running or stopped: what the app shall be. Default: running." }),
  settings: z
    .record(z.string(), setting)
    .default({})
    .meta({ description: "Values of the app's settings; what is left out has the manifest's default." }),
  version: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "The version that is wanted; `update` writes it. Another one in the catalogue then waits." }),
  image: imageReference.optional().meta({ description: "Override of the main container's image." }),
  images: z.record(z.string(), imageReference).default({}).meta({ description: "Overrides of images, by container." }),
  ports: z
    .record(z.string().regex(/^\d+$/, "must be one of the manifest's host ports"), port)
    .default({})
    .meta({ description: "Overrides of host ports: the manifest's host port to the one to use." }),
  requires: z
    .record(z.string(), identifier)
    .default({})
    .meta({ description: "Which app serves a requirement, by alias, where several could." }),
  restarted_at: z.iso
    .datetime()
    .optional()
    .meta({ description: "Containers started before this moment are restarted once." }),
  retried_at: z.iso.datetime().optional().meta({ description: "What failed before this moment is tried again." }),
});

/** `node.yml`: what one node wants. */
export const nodeSchema = z.strictObject({
  node: z
    .strictObject({
      name: z.string().min(1).default("archipelago").meta({ description: "The node's name. Default: archipelago." }),
      chain: z
        .enum(["mainnet", "testnet4", "signet", "regtest"])
        .default("mainnet")
        .meta({ description: "The Bitcoin chain its apps use. Default: mainnet." }),
    })
    .prefault({})
    .meta({ description: "The node itself; templates read node.name and node.chain." }),
  host: z
    .strictObject({
      host_ip: z.union([z.ipv4(), z.ipv6()], "must be an IP address").meta({ description: "The host's own address." }),
      host_mdns: z.string().min(1).meta({ description: "The name in the local network, such as archy.local." }),
      host_name: z.string().min(1).meta({ description: "The host's name." }),
      disk_gb: z.int().min(0).meta({ description: "Size of the data disk in 10^9 bytes." }),
      memory_mb: z.int().min(0).meta({ description: "Memory in MiB." }),
      cpus: z.int().min(1).meta({ description: "How many CPUs." }),
      arch: z.string().min(1).meta({ description: "amd64 or arm64." }),
      timezone: z.string().min(1).meta({ description: "Such as Europe/Vienna." }),
    })
    .partial()
    .default({})
    .meta({ description: "Overrides of host facts; what is left out is detected." }),
  allow: z
    .strictObject({
      host_paths: z.array(identifier).default([]).meta({ description: "Apps that may mount absolute host paths." }),
      privileged: z.array(identifier).default([]).meta({ description: "Apps that may run privileged." }),
    })
    .prefault({})
    .meta({ description: "Consent, app by app, to what reaches beyond containers." }),
  updates: z
    .enum(["manual", "automatic"])
    .default("manual")
    .meta({ description: "manual: a manifest whose version changed waits, and shows as available. Default: manual." }),
  disk: z
    .strictObject({
      collect_below: bytes
        .prefault("10g")
        .meta({ description: "With less free than this, images that no app needs are removed. Default: 10g." }),
      hold_below: bytes
        .prefault("2g")
        .meta({ description: "With less free than this, nothing is installed, pulled or built. Default: 2g." }),
    })
    .prefault({})
    .meta({ description: "Marks of free disk space." }),
  apps: z
    .record(
      identifier,
      appEntrySchema.nullable().transform((entry) => entry ?? appEntrySchema.parse({})),
    )
    .default({})
    .meta({ description: "The apps that are wanted, and how." }),
  required: z.array(identifier).optional().meta({ description: "What the gate asks for; default: every app wanted." }),
});

/** What an app is wanted as where nothing more is said of it. */
export const NEW_ENTRY: AppEntry = appEntrySchema.parse({});

/** What a node wants, typed. */
export type NodeConfig = z.output<typeof nodeSchema>;
export type AppEntry = z.output<typeof appEntrySchema>;
