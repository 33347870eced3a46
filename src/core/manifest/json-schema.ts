import * as z from "zod";
import { manifestSchema } from "./manifest-schema.ts";
import { nodeSchema } from "./node-schema.ts";

/** A JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 2020-12) of `apps/<id>/manifest.yml`, for editors: what a packager may write. */
export function manifestJsonSchema(): JsonSchema {
  return jsonSchema(manifestSchema, {
    $id: "urn:archipelago:schema:manifest.v1",
    title: "Archipelago manifest, version 1",
    description: "An app of the catalogue: its containers, what it needs, and what it offers.",
    // The schema alone can't say this with a message of its own; an editor still marks the file.
    oneOf: [{ required: ["container"] }, { required: ["containers"] }],
  });
}

/** The JSON Schema (draft 2020-12) of `node.yml`. */
export function nodeJsonSchema(): JsonSchema {
  return jsonSchema(nodeSchema, {
    $id: "urn:archipelago:schema:node.v1",
    title: "Archipelago node, version 1",
    description: "What one node wants: its apps, their settings, and the owner's consent.",
  });
}

function jsonSchema(schema: z.ZodType, head: JsonSchema): JsonSchema {
  const { $schema, ...body } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    override: ({ jsonSchema: node }) => {
      // The bounds that every whole number has in JavaScript tell a packager nothing.
      if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
      if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum;
      // In $defs the name stands as the key already.
      delete node.id;
    },
  });
  return { $schema, ...head, ...body };
}
