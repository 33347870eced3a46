import type * as z from "zod";
import { MAIN_CONTAINER, type AppFolder } from "../manifest.ts";
import type { Path } from "../path.ts";
import type { ProblemList } from "../problem-list.ts";
import { get, isMap, items, pairs, type RawMap } from "../raw-value.ts";

/**
 * A check of what a schema can't say. It reads the file as it was written, not the parsed outcome, so that one bad
 * value does not hide what is wrong elsewhere; what has the wrong shape it passes over, for that is reported already.
 */
export type Rule = (input: RuleInput) => void;

export interface RuleInput {
  readonly root: RawMap;
  readonly folder: AppFolder;
  readonly containers: readonly WrittenContainer[];
  readonly problems: ProblemList;
}

/** A container as it was written, under `container` or `containers`. */
export interface WrittenContainer {
  readonly name: string;
  readonly path: Path;
  readonly raw: RawMap;
}

export function containersOf(root: RawMap): readonly WrittenContainer[] {
  const written: WrittenContainer[] = [];
  const single = get(root, "container");
  if (isMap(single)) written.push({ name: MAIN_CONTAINER, path: ["container"], raw: single });
  for (const [name, raw] of pairs(get(root, "containers"))) {
    if (isMap(raw)) written.push({ name, path: ["containers", name], raw });
  }
  return written;
}

/** Names declared under a key of the manifest, valid or not. */
export function declared(root: RawMap, key: "settings" | "secrets" | "requires"): readonly string[] {
  return pairs(get(root, key)).map(([name]) => name);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The elements of a list that fit a schema, each with its path. */
export function fitting<Schema extends z.ZodType>(
  schema: Schema,
  list: unknown,
  path: Path,
): readonly { readonly path: Path; readonly value: z.output<Schema> }[] {
  return items(list).flatMap(([index, raw]) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? [{ path: [...path, index], value: parsed.data }] : [];
  });
}
