import { stringify } from "yaml";
import type * as z from "zod";
import { code, table } from "./markdown.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** One table of the reference: an object, and where it stands in the file. */
interface Section {
  /** `*` stands for a name that the writer chooses, and for any element of a list. */
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  /** What tells it from the other forms of the same thing; empty where there is one form. */
  readonly form: string;
}

/** Named types that are a chapter of their own: where they are described, and under which heading. */
const CHAPTERS: Readonly<Record<string, { readonly path: readonly string[]; readonly heading: string }>> = {
  container: { path: ["containers", "*"], heading: "A container: `container` or `containers.*`" },
  probe: { path: ["containers", "*", "health", "*"], heading: "A probe: `startup`, `readiness` or `liveness`" },
};
const WORDS: Readonly<Record<string, string>> = { "positive-duration": "duration" };

/** A chapter for each object of a schema, in the order of the file; `examples` are whole files as plain data. */
export function fieldTables(root: JsonSchema, examples: readonly unknown[]): readonly string[] {
  return sections(root, root, [], new Set()).flatMap((section) => {
    const heading = title(section);
    return [...(heading === "" ? [] : [`### ${heading}`]), fieldTable(section, examples)];
  });
}

function sections(
  schema: JsonSchema,
  root: JsonSchema,
  path: readonly string[],
  seen: Set<string>,
): readonly Section[] {
  const name = nameOf(schema);
  // A named type is described once, where it first stands.
  if (name !== null) {
    if (seen.has(name)) return [];
    seen.add(name);
    return sections(asSchema(root.$defs?.[name]), root, CHAPTERS[name]?.path ?? path, seen);
  }
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, field]) =>
    sections(asSchema(field), root, [...path, key], seen),
  );
  if (schema.properties) return [{ path, schema, form: "" }, ...below];
  const forms = branches(schema);
  if (forms.length > 0) {
    return forms.flatMap((one) => {
      const [first, ...rest] = sections(one, root, path, seen);
      return first === undefined ? [] : [{ ...first, form: formOf(one, forms) }, ...rest];
    });
  }
  return schema.type === "array" || schema.type === "object" ? sections(inner(schema), root, [...path, "*"], seen) : [];
}

/** A fixed word such as `derive: bcrypt`, or the key that only this form needs. */
function formOf(schema: JsonSchema, forms: readonly JsonSchema[]): string {
  const [word] = constants(schema);
  if (word) return `${word[0]}: ${word[1]}`;
  const others = forms.filter((other) => other !== schema && other.properties !== undefined);
  return (schema.required ?? []).find((key) => others.some((other) => !other.required?.includes(key))) ?? "";
}

function title({ path, form }: Section): string {
  if (path.length === 0) return "";
  const chapter = Object.values(CHAPTERS).find((known) => known.path.join() === path.join());
  if (chapter) return chapter.heading;
  return `${code(path.join("."))}${form === "" ? "" : ` with ${code(form)}`}`;
}

function fieldTable({ path, schema }: Section, examples: readonly unknown[]): string {
  const required = schema.required ?? [];
  const written = examples.flatMap((example) => valuesAt(example, path)).filter((value) => fits(value, schema));
  const rows = Object.entries(schema.properties ?? {}).map(([key, field]) => [
    required.includes(key) ? `**${code(key)}**` : code(key),
    kind(asSchema(field)),
    defaultText(asSchema(field)),
    meaning(asSchema(field)),
    exampleText(written.flatMap((value) => valuesAt(value, [key]))),
  ]);
  return table(["Field", "Kind", "Default", "Meaning", "Example"], rows);
}

/** What may be written, in a few words. */
function kind(schema: JsonSchema): string {
  const name = nameOf(schema);
  if (name !== null) return WORDS[name] ?? name;
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(", ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => kind({ type })).join(" or ");
  const forms = branches(schema);
  if (forms.length > 0) return [...new Set(forms.map(kind))].join(" or ");
  switch (schema.type) {
    case "array":
      return `list: ${kind(inner(schema))}`;
    case "object":
      return schema.properties ? "map" : `names: ${kind(inner(schema))}`;
    case "string":
      return "text";
    case "integer":
      return bounded(schema);
    default:
      return schema.type ?? "any";
  }
}

function bounded({ minimum, maximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return minimum === undefined ? "integer" : `integer from ${minimum}`;
}

function defaultText({ default: value }: JsonSchema): string {
  if (value === undefined || value === "" || isEmpty(value)) return "";
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

/** The default has a column of its own, save where it takes a sentence to say. */
function meaning({ default: value, description = "" }: JsonSchema): string {
  const text = value === undefined ? description : description.replace(/ Default: [^ ]+$/, "");
  return text.replaceAll("<", "&lt;").replaceAll("*", "\\*");
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [key, ...rest] = path;
  if (key === undefined) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => (key === "*" || name === key ? valuesAt(field, rest) : []));
}

/** Of several forms of one thing, whether a value is of this one. */
function fits(value: unknown, schema: JsonSchema): boolean {
  if (typeof value !== "object" || value === null) return false;
  const complete = (schema.required ?? []).every((key) => Object.hasOwn(value, key));
  return complete && constants(schema).every(([key, word]) => valuesAt(value, [key]).includes(word));
}

function constants({ properties = {} }: JsonSchema): readonly (readonly [string, string])[] {
  return Object.entries(properties).flatMap(([key, field]) => {
    const word = asSchema(field).const;
    return typeof word === "string" ? [[key, word] as const] : [];
  });
}

const LONGEST_EXAMPLE = 60;

/** The first that says something and fits into a cell. */
function exampleText(values: readonly unknown[]): string {
  const texts = values
    .filter((value) => !isEmpty(value))
    .map((value) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd());
  const short = texts.find((text) => text.length <= LONGEST_EXAMPLE);
  return short === undefined ? "" : code(short);
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function nameOf({ $ref }: JsonSchema): string | null {
  return $ref === undefined ? null : $ref.slice($ref.lastIndexOf("/") + 1);
}

function branches({ oneOf, anyOf = [] }: JsonSchema): readonly JsonSchema[] {
  return (oneOf ?? anyOf).map(asSchema);
}

/** What the elements of a list, or the values of a map of names, are. */
function inner({ items, additionalProperties }: JsonSchema): JsonSchema {
  return asSchema(Array.isArray(items) ? undefined : (items ?? additionalProperties));
}

function asSchema(schema: JsonSchema | boolean | undefined): JsonSchema {
  return typeof schema === "object" ? schema : {};
}
