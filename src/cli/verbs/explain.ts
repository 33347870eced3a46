import { formatDiffEntry } from "../../core/plan/format-plan.ts";
import type { Explanation } from "../../rpc/node-api.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { age, humanDuration } from "../render/age.ts";
import { failureLines } from "../render/failure-text.ts";
import { stateStyle } from "../render/paint.ts";
import { printable } from "../render/printable.ts";
import { stateText } from "../render/state-text.ts";
import { formatTable } from "../render/table.ts";

/** What an app is doing and why, in sentences; what differs; what was decided lately. */
export async function explain(context: CliContext, app: string): Promise<ExitCode> {
  context.out.answer(await context.node.explain(app), (found) => explanationText(found, context));
  return EXIT.done;
}

function explanationText(found: Explanation, context: CliContext): string {
  const { status, sentences, drift, holds, decisions, failure } = found;
  const { paint } = context.out;
  const now = context.io.now();
  const since = status.since === 0 ? "" : ` since ${age(status.since, now)}`;
  const lines = [
    `${paint("bold", status.id)} ${printable(status.version)} is ${paint(stateStyle(status.state), stateText(status))}${since}.`,
    ...sentences.map((sentence) => `  ${printable(sentence)}`),
  ];
  if (drift.length > 0) lines.push(paint("bold", "Not as it should be:"));
  lines.push(...drift.map((entry) => `  ${printable(formatDiffEntry(entry))}`));
  if (holds.length > 0) lines.push(paint("bold", "Held:"));
  for (const { reason, until } of holds)
    lines.push(
      `  ${printable(reason)}${until === undefined ? "" : ` (again in ${humanDuration(Math.max(0, until - now))})`}`,
    );
  if (failure !== null) {
    const what = `Failed last: ${failure.version}, ${age(failure.at, now)} ago: ${failure.reason}`;
    lines.push(paint("bold", printable(what)), ...failureLines(failure, paint));
    lines.push(`  It is tried again once it changes, or by: archipelago retry ${status.id}`);
  }
  if (decisions.length === 0) return lines.join("\n");
  const rows = decisions.map((entry) => [
    age(entry.at, now),
    entry.action,
    entry.result,
    entry.detail === "" ? entry.reason : `${entry.reason}: ${entry.detail}`,
  ]);
  return `${lines.join("\n")}\n${formatTable(["AGO", "WHAT", "RESULT", "WHY"], rows, context.out)}`;
}
