import * as z from "zod";
import { containerSchema } from "./container-schema.ts";
import { checkSchema } from "./health-schema.ts";
import { duration, fieldName, identifier, port, relativePath, secretFile, template } from "./scalars.ts";
import { settingSchema } from "./setting-schema.ts";

/** A field that others see: text with templates, or a secret shared with those who require the interface. */
const providedField = z.union([
  template,
  z.strictObject({
    secret: secretFile.meta({ description: "A secret shared with those who require this interface." }),
  }),
]);

/** Exactly one of interface and app: see rules/exactly-one. */
export const requirementSchema = z.strictObject({
  interface: identifier.optional().meta({ description: "Any wanted app that provides this interface." }),
  app: identifier.optional().meta({ description: "One certain app." }),
  until: z
    .enum(["ready", "started"])
    .default("ready")
    .meta({ description: "What the provider must be before this app starts. Default: ready." }),
  on_lost: z
    .enum(["keep", "stop", "restart"])
    .default("keep")
    .meta({ description: "What happens when the provider is lost later. Default: keep, with a notice." }),
  optional: z
    .boolean()
    .default(false)
    .meta({ description: "The app does without it too; templates ask with {% if requires.alias %}. Default: false." }),
  where: z
    .record(fieldName, z.string())
    .default({})
    .meta({ description: "Values that the provided fields must have." }),
});

const derivedFrom = secretFile.meta({ description: "The secret it is derived from." });
const derive = <Word extends string>(word: Word) =>
  z.literal(word).meta({ description: "Derived from another secret: bcrypt, or Bitcoin's rpcauth." });

export const generatorSchema = z.union([
  z.strictObject({
    generate: z.literal("random").meta({ description: "Made from random bytes." }),
    bytes: z.int().min(8).max(1024).default(32).meta({ description: "How many bytes. Default: 32." }),
    encoding: z
      .enum(["hex", "base64", "alphanumeric"])
      .default("hex")
      .meta({ description: "How they are written: hex, base64 or alphanumeric. Default: hex." }),
  }),
  z.strictObject({
    derive: derive("bcrypt"),
    from: derivedFrom,
    cost: z.int().min(4).max(15).default(10).meta({ description: "Rounds, as a power of 2. Default: 10." }),
  }),
  z.strictObject({
    derive: derive("rpcauth"),
    from: derivedFrom,
    user: z
      .string()
      .regex(/^[^\s:$]+$/, "must be a user's name without spaces, colons and $")
      .meta({ description: "The RPC user's name." }),
  }),
]);

export const webSchema = z.strictObject({
  container: z.string().min(1).optional().meta({ description: "Which container of this app. Default: main." }),
  port: port.meta({ description: "A container port that is published; the host port follows from ports." }),
  path: z.string().startsWith("/").default("/").meta({ description: "The path to open. Default: /." }),
});

/** `apps/<id>/manifest.yml`, version 1. What the file says, before one container and several are made the same. */
export const manifestSchema = z.strictObject({
  id: identifier.meta({ description: "The app's id: the name of its folder." }),
  name: z.string().min(1).meta({ description: "The app's name for people." }),
  version: z.string().min(1).meta({ description: "The app's version; quote it where YAML would read a number." }),
  category: z.string().min(1).optional().meta({ description: "Where the catalogue sorts it, such as lightning." }),
  description: z.string().min(1).optional().meta({ description: "One sentence for people." }),
  website: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: "The project's home page." }),
  icon: relativePath.optional().meta({ description: "A picture in the app's folder." }),
  provides: z
    .record(identifier, z.record(fieldName, providedField))
    .default({})
    .meta({ description: "Interfaces other apps can require, each with its fields." }),
  requires: z
    .record(identifier, requirementSchema)
    .default({})
    .meta({ description: "What must be there first, by an alias used in templates." }),
  settings: z.record(fieldName, settingSchema).default({}).meta({ description: "Typed options of the owner." }),
  secrets: z
    .record(secretFile, generatorSchema)
    .default({})
    .meta({ description: "Made once, kept in the secrets directory, mode 0600." }),
  container: containerSchema.optional().meta({ description: "The app's one container. Either this or containers." }),
  containers: z
    .record(identifier, containerSchema)
    .optional()
    .meta({ description: "Several containers, by name. Either this or container." }),
  web: webSchema.optional().meta({ description: "What Open opens: a container port." }),
  update: z
    .strictObject({
      rollback: z
        .enum(["safe", "until-start", "never"])
        .default("safe")
        .meta({ description: "May an older version run on data that a newer one has touched? Default: safe." }),
      stable_for: duration
        .prefault("10s")
        .meta({ description: "How long a new version must stay ready before it is kept. Default: 10s." }),
    })
    .prefault({})
    .meta({ description: "How a new version comes in." }),
  checks: z.array(checkSchema).default([]).meta({ description: "Acceptance checks of the gate." }),
});

export type ManifestDocument = z.output<typeof manifestSchema>;
export type SecretGenerator = z.output<typeof generatorSchema>;
export type Requirement = z.output<typeof requirementSchema>;
export type ProvidedField = z.output<typeof providedField>;
