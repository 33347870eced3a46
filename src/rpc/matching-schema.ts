import type * as z from "zod";

/** The same shape with every property and array read-only, as the domain types are written. */
type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };

/** Identical, not just assignable: a field that one side forgets, optional ones included, is a difference. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * Gives the schema back, typed by the domain, where its output is exactly `Domain`; else the call does not compile.
 * So the contract can't drift from the domain's types in either direction.
 */
export function matching<Domain>() {
  return <Schema extends z.ZodType<Domain>>(
    schema: Same<DeepReadonly<z.output<Schema>>, DeepReadonly<Domain>> extends true ? Schema : never,
  ): z.ZodType<Domain> => schema;
}
