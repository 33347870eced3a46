import * as z from "zod";
import { pattern } from "./scalars.ts";

const texts = {
  label: z.string().optional().meta({ description: "What people see in place of the key." }),
  help: z.string().optional().meta({ description: "A sentence that explains it." }),
};

const type = <Word extends string>(word: Word) =>
  z.literal(word).meta({ description: "What kind of value: string, integer, boolean or choice." });

const fallback = "The value where the owner gives none. It must fit the limits.";

export const settingSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: type("string"),
    default: z.string().default("").meta({ description: fallback }),
    pattern: pattern.optional().meta({ description: "A regular expression that the value must match." }),
    min_length: z.int().min(0).optional().meta({ description: "Fewest characters." }),
    max_length: z.int().min(0).optional().meta({ description: "Most characters." }),
    ...texts,
  }),
  z.strictObject({
    type: type("integer"),
    default: z.int().meta({ description: fallback }),
    min: z.int().optional().meta({ description: "The smallest value." }),
    max: z.int().optional().meta({ description: "The largest value." }),
    ...texts,
  }),
  z.strictObject({ type: type("boolean"), default: z.boolean().meta({ description: fallback }), ...texts }),
  z.strictObject({
    type: type("choice"),
    choices: z.array(z.string()).min(1).meta({ description: "The values to choose from." }),
    default: z.string().meta({ description: fallback }),
    ...texts,
  }),
]);

export type Setting = z.output<typeof settingSchema>;
