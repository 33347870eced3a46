import * as z from "zod";
import { identifier, port } from "./scalars.ts";

const appEntrySchema = z.strictObject({
  state: z.enum(["running", "stopped"]).default("running"),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  image: z.string().optional().meta({ description: "Override of the main container's image." }),
  images: z.record(z.string(), z.string()).default({}).meta({ description: "Overrides of images, by container." }),
  ports: z
    .record(z.string().regex(/^\d+$/), port)
    .default({})
    .meta({ description: "Overrides of host ports: manifest's host port to the one to use." }),
  requires: z
    .record(z.string(), identifier)
    .default({})
    .meta({ description: "Which app serves a requirement, by alias, where several could." }),
  restarted_at: z.iso
    .datetime()
    .optional()
    .meta({ description: "Containers started before this moment are restarted once." }),
});

/** `node.yml`: what one node wants. */
export const nodeSchema = z.strictObject({
  node: z
    .strictObject({
      name: z.string().min(1).default("archipelago"),
      chain: z.enum(["mainnet", "testnet4", "signet", "regtest"]).default("mainnet"),
    })
    .prefault({}),
  host: z
    .strictObject({
      host_ip: z.union([z.ipv4(), z.ipv6()]),
      host_mdns: z.string().min(1),
      host_name: z.string().min(1),
      disk_gb: z.int().min(0),
      memory_mb: z.int().min(0),
      cpus: z.int().min(1),
      arch: z.string().min(1),
      timezone: z.string().min(1),
    })
    .partial()
    .default({})
    .meta({ description: "Overrides of host facts." }),
  allow: z
    .strictObject({
      host_paths: z.array(identifier).default([]).meta({ description: "Apps that may mount absolute host paths." }),
      privileged: z.array(identifier).default([]).meta({ description: "Apps that may run privileged." }),
    })
    .prefault({}),
  updates: z.enum(["manual", "automatic"]).default("manual"),
  apps: z
    .record(
      identifier,
      appEntrySchema.nullable().transform((entry) => entry ?? appEntrySchema.parse({})),
    )
    .default({}),
  required: z.array(identifier).optional().meta({ description: "What the gate asks for; default: every app wanted." }),
});

/** What a node wants, typed. */
export type NodeConfig = z.output<typeof nodeSchema>;
export type AppEntry = z.output<typeof appEntrySchema>;
