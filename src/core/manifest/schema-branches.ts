import * as z from "zod";
import type { Path } from "./path.ts";
import { isMap, valueAt } from "./raw-value.ts";

/** A map's schema: its known keys, each with its own schema. */
export type Shape = Readonly<Record<string, z.core.$ZodType>>;

/**
 * The shapes that the value at a path may have: one for a map, several for a union of maps, none for a scalar or a map
 * with free keys. Where a path leads through a union, the branches that fit the value's fixed words are followed.
 */
export function shapesAt(schema: z.core.$ZodType, value: unknown, path: Path): readonly Shape[] {
  let branches = fitting(schema, value);
  for (const [depth, segment] of path.entries()) {
    const below = valueAt(value, path.slice(0, depth + 1));
    branches = branches.flatMap((branch) => childOf(branch, segment)).flatMap((child) => fitting(child, below));
  }
  return branches.flatMap((branch) => (branch instanceof z.ZodObject ? [branch.shape as Shape] : []));
}

function childOf(schema: z.core.$ZodType, segment: string | number): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodObject) {
    const shape: Shape = schema.shape;
    const child = Object.hasOwn(shape, segment) ? shape[segment] : undefined;
    return child ? [child] : [];
  }
  return [];
}

/** The schema without its wrappers; of a union, the members that fit the value's fixed words (all, where none does). */
function fitting(schema: z.core.$ZodType, value: unknown): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return fitting(schema.unwrap(), value);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return fitting(schema.unwrap(), value);
  if (schema instanceof z.ZodPipe) return fitting(schema.in, value);
  if (schema instanceof z.ZodUnion) {
    const members = schema.options.flatMap((option) => fitting(option, value));
    const fit = members.filter((member) => wordsFit(member, value));
    return fit.length > 0 ? fit : members;
  }
  return [schema];
}

/** Whether each fixed word (`type: choice`) of a map's schema stands in the value. */
function wordsFit(schema: z.core.$ZodType, value: unknown): boolean {
  if (!(schema instanceof z.ZodObject) || !isMap(value)) return false;
  return Object.entries(schema.shape as Shape).every(
    ([key, child]) => !(child instanceof z.ZodLiteral) || child.safeParse(value[key]).success,
  );
}
