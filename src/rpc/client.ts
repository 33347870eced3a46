import * as z from "zod";
import { ArcError } from "../core/errors/arc-error.ts";
import { CONTRACT, type MethodName, type MethodParams, type MethodResult } from "./contract.ts";
import { followEvents } from "./event-follower.ts";
import { readLines } from "./ndjson.ts";
import type { DesiredEdit, LogEntry, NodeApi } from "./node-api.ts";
import { chunksOf, parseJson, readText, send, type NodeAddress } from "./node-http.ts";
import { fromRpcError, rpcErrorSchema } from "./rpc-error.ts";
import { logLineSchema, PATHS } from "./streams.ts";

/** Milliseconds; longer than the daemon's own limit, so that its answer is the one that is seen. */
const CALL_LIMIT = 90_000;

/**
 * A node over HTTP, so that whoever uses one does not see the wire. Nothing is connected until a method is called.
 * Methods throw what the daemon threw, as ArcError; ARC_DAEMON_UNREACHABLE where nobody listens; ARC_TIMEOUT.
 *
 *     const node = connectNode({ socketPath: "/var/lib/archipelago/run/archipelago.sock" });
 *     console.log((await node.status()).apps);
 */
export function connectNode(address: NodeAddress): NodeApi {
  const call = <Name extends MethodName>(name: Name, params: MethodParams<Name>): Promise<MethodResult<Name>> =>
    callMethod(address, name, params);
  return {
    status: () => call("node.status", {}),
    facts: () => call("node.facts", {}),
    plan: (edit) => call("plan.get", edit ? { edit: { kind: edit.kind, ...wishOf(edit) } } : {}),
    apply: (plan) => call("plan.apply", plan === undefined ? {} : { plan }),
    edit: (edit, plan) => call(`app.${edit.kind}`, { ...wishOf(edit), ...(plan === undefined ? {} : { plan }) }),
    jobs: (query) => call("job.list", query),
    job: (id) => call("job.get", { id }),
    cancelJob: (id) => call("job.cancel", { id }),
    adoptable: (app) => call("app.adoptable", app === undefined ? {} : { app }),
    trash: () => call("trash.list", {}),
    emptyTrash: (ids) => call("trash.empty", { ids: [...ids] }),
    explain: (app) => call("app.explain", { app }),
    history: (query) => call("history.list", query),
    logs: (app, container, options, signal) => streamLogs(address, app, container, options, signal),
    events: (signal) => followEvents(address, signal, () => call("node.status", {})),
  };
}

/** As it goes over the wire. Who asks is told by the transport. */
function wishOf({ kind: _kind, apps, from, ...options }: DesiredEdit) {
  return { apps: [...apps], ...options, ...(from && { from: [...from] }) };
}

const responseSchema = z.union([
  z.object({ jsonrpc: z.literal("2.0"), error: rpcErrorSchema }),
  z.object({ jsonrpc: z.literal("2.0"), result: z.unknown() }),
]);

async function callMethod<Name extends MethodName>(
  address: NodeAddress,
  name: Name,
  params: MethodParams<Name>,
): Promise<MethodResult<Name>> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: name, params });
  const signal = AbortSignal.timeout(CALL_LIMIT);
  let text;
  try {
    text = await readText(await send(address, { method: "POST", path: PATHS.rpc, body, signal }), address);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ArcError("ARC_TIMEOUT", `${name} was not answered within ${CALL_LIMIT} ms.`, { cause: error });
  }
  const response = responseSchema.safeParse(parseJson(text));
  if (!response.success) throw misunderstood(name, response.error);
  if ("error" in response.data) throw fromRpcError(response.data.error);
  // Said once more by name, so that the compiler ties a name's schema to that name's result.
  const contract: { readonly [N in MethodName]: { readonly result: z.ZodType<MethodResult<N>> } } = CONTRACT;
  return understood(name, contract[name].result, response.data.result);
}

function understood<Result>(what: string, schema: z.ZodType<Result>, value: unknown): Result {
  const result = schema.safeParse(value);
  if (!result.success) throw misunderstood(what, result.error);
  return result.data;
}

async function* streamLogs(
  address: NodeAddress,
  app: string,
  container: string | null,
  { follow, tail }: { readonly follow: boolean; readonly tail: number },
  signal: AbortSignal,
): AsyncGenerator<LogEntry> {
  const query = new URLSearchParams({ follow: String(follow), tail: String(tail) });
  if (container !== null) query.set("container", container);
  try {
    const response = await send(address, { method: "GET", path: `${PATHS.logs(app)}?${query.toString()}`, signal });
    for await (const line of readLines(chunksOf(response, address))) {
      const entry = understood("a log request", logLineSchema, parseJson(line));
      if ("error" in entry) throw new ArcError(entry.error.code, entry.error.message, entry.error);
      yield entry;
    }
  } catch (error) {
    // Whoever stopped it knows why.
    if (!signal.aborted) throw error;
  }
}

function misunderstood(what: string, cause: unknown): ArcError {
  return new ArcError("ARC_INTERNAL", `The daemon's answer to ${what} was not understood.`, {
    cause,
    hint: "Daemon and command line may be of different versions: restart the daemon.",
  });
}
