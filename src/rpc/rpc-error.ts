import * as z from "zod";
import { ArcError } from "../core/errors/arc-error.ts";
import { ERRORS, type ErrorCode } from "../core/errors/codes.ts";
import type { Problem } from "../core/errors/problem.ts";

/** The numbers that JSON-RPC 2.0 itself defines; ours are in ERRORS. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
} as const;

const code = z.custom<ErrorCode>((value) => typeof value === "string" && Object.hasOwn(ERRORS, value));

const problemSchema = z.object({
  code,
  message: z.string(),
  at: z.object({ file: z.string(), line: z.number(), column: z.number() }).exactOptional(),
  path: z.string().exactOptional(),
  hint: z.string().exactOptional(),
}) satisfies z.ZodType<Problem>;

/** What our errors carry besides JSON-RPC's number and message. */
export const errorDataSchema = z.object({ code, hint: z.string(), problems: z.array(problemSchema) });

export const rpcErrorSchema = z.object({
  code: z.number(),
  message: z.string(),
  data: errorDataSchema.exactOptional(),
});

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: ErrorCode; readonly hint: string; readonly problems: readonly Problem[] };
}

/** `number` overrides the code's own, for the errors of JSON-RPC itself. */
export function toRpcError(error: ArcError, number: number = ERRORS[error.code].rpc): RpcError {
  return {
    code: number,
    message: error.message,
    data: { code: error.code, hint: error.hint, problems: error.problems },
  };
}

/** The error as the daemon threw it, as far as the wire carries it. */
export function fromRpcError(error: z.output<typeof rpcErrorSchema>): ArcError {
  if (!error.data) return new ArcError("ARC_INTERNAL", `${error.message} (JSON-RPC ${error.code})`);
  const { code: name, hint, problems } = error.data;
  return new ArcError(name, error.message, { hint, problems });
}

/**
 * What a client may see of an error. Texts of errors that are not ours were written for nobody in particular and may
 * hold anything, so they go to the daemon's log and not over the wire.
 */
export function presentable(error: unknown): ArcError {
  if (error instanceof ArcError && error.code !== "ARC_INTERNAL") return error;
  return new ArcError("ARC_INTERNAL", ERRORS.ARC_INTERNAL.sentence, { cause: error });
}
