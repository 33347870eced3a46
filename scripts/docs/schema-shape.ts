import type * as z from "zod";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** A JSON Schema as a type in the notation of TypeScript; named types by their name. */
export function shape(schema: JsonSchema | boolean | undefined): string {
  if (schema === undefined || typeof schema === "boolean") return "unknown";
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  // A named type with a description of its own around it.
  if (schema.allOf?.length === 1) return shape(schema.allOf[0]);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return branches.map(shape).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  // `["string", "null"]`: what may be null.
  if (Array.isArray(schema.type)) return schema.type.map((type) => shape({ ...schema, type })).join(" | ");
  switch (schema.type) {
    case "object":
      return objectShape(schema);
    case "array":
      return arrayShape(shape(Array.isArray(schema.items) ? undefined : schema.items));
    case "string":
      return stringShape(schema.pattern);
    case "integer":
    case "number":
      return "number";
    case "boolean":
    case "null":
      return schema.type;
    default:
      return "unknown";
  }
}

function objectShape({ properties = {}, required = [] }: JsonSchema): string {
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? "" : "?"}: ${shape(field)}`,
  );
  return fields.length > 0 ? `{ ${fields.join("; ")} }` : "{}";
}

function arrayShape(item: string): string {
  return item.includes(" ") && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

/** Template literals are patterns by now: a fixed beginning and then anything. */
function stringShape(pattern: string | undefined): string {
  const prefix = /^\^([a-z]+:)\[/.exec(pattern ?? "")?.[1];
  return prefix === undefined ? "string" : `"${prefix}..."`;
}
