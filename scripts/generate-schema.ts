import { writeFileSync } from "node:fs";
import { manifestJsonSchema, nodeJsonSchema } from "../src/core/manifest/json-schema.ts";

// Writes schema/*.json from the zod schemas. json-schema.test.ts tells when they are out of date.
const root = `${import.meta.dirname}/..`;
const schemas = {
  "schema/manifest.v1.json": manifestJsonSchema(),
  "schema/node.v1.json": nodeJsonSchema(),
};

for (const [path, schema] of Object.entries(schemas)) {
  writeFileSync(`${root}/${path}`, `${JSON.stringify(schema, null, 2)}\n`);
}
