import type { HistoryEntry } from "../../rpc/node-api.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { parseSince } from "../parse-since.ts";
import { age } from "../render/age.ts";
import type { Style } from "../render/paint.ts";
import { formatTable, type Cell } from "../render/table.ts";

interface HistoryOptions {
  readonly app?: string;
  readonly since?: string;
  readonly limit: number;
}

const RESULTS: Readonly<Record<HistoryEntry["result"], Style>> = { ok: "green", failed: "red", noted: "dim" };

/** What was done and why, newest first. */
export async function history(context: CliContext, { app, since, limit }: HistoryOptions): Promise<ExitCode> {
  const { io, node, out } = context;
  const entries = await node.history({
    limit,
    ...(app === undefined ? {} : { app }),
    ...(since === undefined ? {} : { since: parseSince(since, io.now()) }),
  });
  out.answer(entries, () => historyText(entries, context));
  return EXIT.done;
}

function historyText(entries: readonly HistoryEntry[], { io, out }: CliContext): string {
  if (entries.length === 0) return "Nothing was done in that time.";
  const rows = entries.map((entry): readonly Cell[] => [
    age(entry.at, io.now()),
    entry.app ?? "",
    entry.actor,
    entry.action,
    { text: entry.result, style: RESULTS[entry.result] },
    entry.detail === "" ? entry.reason : `${entry.reason}: ${entry.detail}`,
  ]);
  return formatTable(["AGO", "APP", "WHO", "WHAT", "RESULT", "WHY"], rows, out);
}
