import type * as z from "zod";
import type { ErrorCode } from "../core/errors/codes.ts";
import type { Problem } from "../core/errors/problem.ts";
import type { Actor, NodeApi } from "./node-api.ts";

/** One method of the contract, with its types folded away so that a table of them can be walked. */
export interface Method {
  readonly summary: string;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** What it may refuse with besides ARC_USAGE, ARC_TIMEOUT and ARC_INTERNAL. */
  readonly errors: readonly ErrorCode[];
  /** Checks the parameters, then calls the node. `actor` is who asks: the transport knows, a client can't choose it. */
  readonly invoke: (api: NodeApi, params: unknown, actor: Actor) => Invocation;
}

export type Invocation =
  | { readonly ok: true; readonly result: Promise<unknown> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Ties parameters, result and the call together: what the call answers must fit the result's schema. */
export function method<Params extends z.ZodType, Result extends z.ZodType>(definition: {
  readonly summary: string;
  readonly params: Params;
  readonly result: Result;
  readonly errors: readonly ErrorCode[];
  readonly call: (api: NodeApi, params: z.output<Params>, actor: Actor) => Promise<z.output<Result>>;
}) {
  const { call, ...described } = definition;
  return {
    ...described,
    invoke: (api: NodeApi, params: unknown, actor: Actor): Invocation => {
      const parsed = definition.params.safeParse(params);
      if (parsed.success) return { ok: true, result: call(api, parsed.data, actor) };
      return { ok: false, problems: parsed.error.issues.map(problemOf) };
    },
  };
}

function problemOf(issue: z.core.$ZodIssue): Problem {
  return { code: "ARC_USAGE", message: issue.message, path: issue.path.join(".") };
}
