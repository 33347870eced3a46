import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { manifestJsonSchema, nodeJsonSchema } from "./json-schema.ts";
import { isMap, pairs } from "./raw-value.ts";

const ROOT = `${import.meta.dirname}/../../..`;

describe.each([
  ["schema/manifest.v1.json", manifestJsonSchema()],
  ["schema/node.v1.json", nodeJsonSchema()],
])("%s", (file, schema) => {
  test("is current: `node scripts/generate-schema.ts` writes it", () => {
    expect(readFileSync(`${ROOT}/${file}`, "utf8")).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  });

  test("explains every property", () => {
    expect(unexplained(schema, "")).toEqual([]);
  });

  test("has patterns that an editor's engine reads", () => {
    const patterns = [...JSON.stringify(schema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)];
    expect(patterns.length).toBeGreaterThan(0);
    for (const [, quoted = '""'] of patterns) expect(() => new RegExp(JSON.parse(quoted), "u")).not.toThrow();
  });
});

test("the manifest's schema names itself and refuses unknown keys", () => {
  expect(manifestJsonSchema()).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:archipelago:schema:manifest.v1",
    additionalProperties: false,
    required: ["id", "name", "version"],
  });
});

/** Paths of properties without a description. */
function unexplained(node: unknown, path: string): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((child, at) => unexplained(child, `${path}/${at}`));
  return pairs(node).flatMap(([key, child]) => {
    const below = unexplained(child, `${path}/${key}`);
    if (key !== "properties") return below;
    const bare = pairs(child).filter(([, property]) => !isMap(property) || typeof property.description !== "string");
    return [...bare.map(([name]) => `${path}/${name}`), ...below];
  });
}
