import * as z from "zod";
import { ArcError } from "../core/errors/arc-error.ts";
import { formatProblem } from "../core/errors/problem.ts";
import { CONTRACT, findMethod } from "./contract.ts";
import type { Actor, NodeApi } from "./node-api.ts";
import { presentable, RPC, toRpcError, type RpcError } from "./rpc-error.ts";

type Id = string | number | null;

export type RpcResponse =
  | { readonly jsonrpc: "2.0"; readonly id: Id; readonly result: unknown }
  | { readonly jsonrpc: "2.0"; readonly id: Id; readonly error: RpcError };

export interface DispatchOptions {
  /** Who asks. */
  readonly actor: Actor;
  /** Milliseconds for the whole body, a batch included. */
  readonly timeLimit: number;
  /** Told of what was not expected, before the client gets a general sentence. */
  readonly onError: (error: unknown) => void;
}

const MAX_BATCH = 100;

const requestSchema = z.object({
  jsonrpc: z.literal("2.0"),
  method: z.string(),
  params: z.unknown().optional(),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
});

/**
 * Answers one JSON-RPC 2.0 body: a request or a batch. null where nothing is answered, because all were notifications.
 * A batch is done in order, one after the other: an edit may rest on the one before it. Never rejects.
 */
export async function dispatch(
  api: NodeApi,
  body: string,
  options: DispatchOptions,
): Promise<RpcResponse | readonly RpcResponse[] | null> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return protocolError(null, RPC.parseError, "The body is no JSON.");
  }
  const deadline = AbortSignal.timeout(options.timeLimit);
  if (!Array.isArray(parsed)) return answer(api, parsed, deadline, options);
  if (parsed.length === 0) return protocolError(null, RPC.invalidRequest, "The batch is empty.");
  if (parsed.length > MAX_BATCH)
    return protocolError(null, RPC.invalidRequest, `A batch holds at most ${MAX_BATCH} requests.`);
  const responses: RpcResponse[] = [];
  for (const request of parsed) {
    const response = await answer(api, request, deadline, options);
    if (response) responses.push(response);
  }
  return responses.length > 0 ? responses : null;
}

async function answer(
  api: NodeApi,
  raw: unknown,
  deadline: AbortSignal,
  options: DispatchOptions,
): Promise<RpcResponse | null> {
  const request = requestSchema.safeParse(raw);
  if (!request.success) return protocolError(idOf(raw), RPC.invalidRequest, "This is no JSON-RPC 2.0 request.");
  const response = await call(api, request.data, deadline, options);
  // A notification has no id at all; `null` is an id, though a poor one.
  return request.data.id === undefined ? null : response;
}

async function call(
  api: NodeApi,
  { method: name, params, id = null }: z.output<typeof requestSchema>,
  deadline: AbortSignal,
  options: DispatchOptions,
): Promise<RpcResponse> {
  const method = findMethod(name);
  if (!method) {
    const hint = `The methods are ${Object.keys(CONTRACT).join(", ")}.`;
    return protocolError(id, RPC.methodNotFound, `There is no method ${JSON.stringify(name.slice(0, 100))}.`, hint);
  }
  try {
    deadline.throwIfAborted();
    const invocation = method.invoke(api, params ?? {}, options.actor);
    if (!invocation.ok) {
      const message = invocation.problems.map(formatProblem).join("; ");
      const error = new ArcError("ARC_USAGE", message, { hint: "See docs/rpc.md.", problems: invocation.problems });
      return { jsonrpc: "2.0", id, error: toRpcError(error) };
    }
    return { jsonrpc: "2.0", id, result: await within(invocation.result, deadline) };
  } catch (error) {
    const shown =
      deadline.aborted && error === deadline.reason ? timedOut(name, options.timeLimit) : presentable(error);
    if (shown.code === "ARC_INTERNAL") options.onError(error);
    return { jsonrpc: "2.0", id, error: toRpcError(shown) };
  }
}

/** Stops waiting when the signal fires. The work itself goes on: a client that goes away changes nothing. */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const expire = (): void => reject(signal.reason);
  signal.addEventListener("abort", expire, { once: true });
  try {
    return await Promise.race([work, expired]);
  } finally {
    signal.removeEventListener("abort", expire);
  }
}

function timedOut(name: string, limit: number): ArcError {
  return new ArcError("ARC_TIMEOUT", `${name} was not answered within ${limit} ms.`);
}

function idOf(raw: unknown): Id {
  const holder = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(raw);
  return holder.success ? holder.data.id : null;
}

/** An error of JSON-RPC itself, in the same shape as ours. */
export function protocolError(id: Id, number: number, message: string, hint = "See docs/rpc.md."): RpcResponse {
  return { jsonrpc: "2.0", id, error: toRpcError(new ArcError("ARC_USAGE", message, { hint }), number) };
}
