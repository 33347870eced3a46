import * as z from "zod";
import { containerSchema } from "./container-schema.ts";
import { checkSchema } from "./health-schema.ts";
import { duration, identifier, port, relativePath, secretFile, template } from "./scalars.ts";

const fieldName = z.string().regex(/^[a-z][a-z0-9_]*$/, "must be a lower-case name with underscores");

/** A field that others see: text with templates, or a secret shared with those who require the interface. */
const providedField = z.union([template, z.strictObject({ secret: secretFile })]);

const requirementSchema = z
  .strictObject({
    interface: identifier.optional().meta({ description: "Any wanted app that provides this interface." }),
    app: identifier.optional().meta({ description: "One certain app." }),
    until: z
      .enum(["ready", "started"])
      .default("ready")
      .meta({ description: "What the provider must be before this app starts." }),
    on_lost: z
      .enum(["keep", "stop", "restart"])
      .default("keep")
      .meta({ description: "What happens when the provider is lost later." }),
    optional: z.boolean().default(false),
    where: z
      .record(fieldName, z.string())
      .default({})
      .meta({ description: "Values that the provided fields must have." }),
  })
  .refine(
    (requirement) => (requirement.interface === undefined) !== (requirement.app === undefined),
    "needs exactly one of interface and app",
  );

const settingTexts = {
  label: z.string().optional(),
  help: z.string().optional(),
};

const settingSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("string"),
    default: z.string().default(""),
    pattern: z.string().optional(),
    min_length: z.int().min(0).optional(),
    max_length: z.int().min(0).optional(),
    ...settingTexts,
  }),
  z.strictObject({
    type: z.literal("integer"),
    default: z.int(),
    min: z.int().optional(),
    max: z.int().optional(),
    ...settingTexts,
  }),
  z.strictObject({ type: z.literal("boolean"), default: z.boolean(), ...settingTexts }),
  z.strictObject({
    type: z.literal("choice"),
    choices: z.array(z.string()).min(1),
    default: z.string(),
    ...settingTexts,
  }),
]);

const generatorSchema = z.union([
  z.strictObject({
    generate: z.literal("random"),
    bytes: z.int().min(8).max(1024).default(32),
    encoding: z.enum(["hex", "base64", "alphanumeric"]).default("hex"),
  }),
  z.strictObject({ derive: z.literal("bcrypt"), from: secretFile, cost: z.int().min(4).max(15).default(10) }),
  z.strictObject({ derive: z.literal("rpcauth"), from: secretFile, user: z.string().min(1) }),
]);

/** `apps/<id>/manifest.yml`, version 1. What the file says, before one container and several are made the same. */
export const manifestSchema = z.strictObject({
  id: identifier.meta({ description: "The folder's name." }),
  name: z.string().min(1),
  version: z.string().min(1).meta({ description: "The app's version; quote it where YAML would read a number." }),
  category: z.string().min(1).optional(),
  description: z.string().min(1).optional(),
  website: z.url().optional(),
  icon: relativePath.optional(),
  provides: z
    .record(identifier, z.record(fieldName, providedField))
    .default({})
    .meta({ description: "Interfaces other apps can require." }),
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
  web: z
    .strictObject({ container: z.string().optional(), port, path: z.string().startsWith("/").default("/") })
    .optional()
    .meta({ description: "What Open opens: a container port." }),
  update: z
    .strictObject({
      rollback: z
        .enum(["safe", "until-start", "never"])
        .default("safe")
        .meta({ description: "May an older version run on data that a newer one has touched?" }),
      stable_for: duration.prefault("10s"),
    })
    .prefault({}),
  checks: z.array(checkSchema).default([]).meta({ description: "Acceptance checks of the gate." }),
});

export type ManifestDocument = z.output<typeof manifestSchema>;
export type Setting = z.output<typeof settingSchema>;
export type SecretGenerator = z.output<typeof generatorSchema>;
export type Requirement = z.output<typeof requirementSchema>;
export type ProvidedField = z.output<typeof providedField>;
