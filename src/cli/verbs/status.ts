import type { AppStatus, NodeStatus } from "../../core/status/status.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { hasFailed } from "../progress/verdict.ts";
import { age } from "../render/age.ts";
import { stateStyle } from "../render/paint.ts";
import { printable } from "../render/printable.ts";
import { versionText } from "../render/rollout-text.ts";
import { stateText } from "../render/state-text.ts";
import { formatTable } from "../render/table.ts";

/** What runs, and how it is. */
export async function status(context: CliContext): Promise<ExitCode> {
  context.out.answer(await context.node.status(), (found) => statusText(found, context));
  return EXIT.done;
}

function statusText({ node, engine, notices, apps }: NodeStatus, { io, out }: CliContext): string {
  const podman =
    engine.state === "available"
      ? `Podman ${engine.version}`
      : out.paint("red", `Podman does not answer since ${age(engine.since, io.now())}: ${printable(engine.reason)}`);
  const head = `${out.paint("bold", printable(node.name))}  ${node.chain}  ${podman}  ${printable(node.home)}\n`;
  const rows = apps.map((app) => [
    app.id,
    { text: stateText(app), style: stateStyle(app.state) },
    versionText(app),
    age(app.since, io.now()),
    app.url ?? "",
    app.reason,
  ]);
  const table = formatTable(["APP", "STATE", "VERSION", "SINCE", "ADDRESS", "REASON"], rows, out);
  const noted = [...notices, ...apps.flatMap(remarksOf)];
  const remarks = noted.map((notice) => `${out.paint("yellow", printable(notice))}\n`);
  return head + (apps.length > 0 ? table : "No app is wanted yet: archipelago install APP\n") + remarks.join("");
}

/** Its notices, and why a rollout of it ended badly. */
function remarksOf({ id, notices, rollout }: AppStatus): readonly string[] {
  const failed = rollout !== null && hasFailed(rollout) ? [rollout.reason] : [];
  return [...failed.filter((reason) => !notices.includes(reason)), ...notices].map((remark) => `${id}: ${remark}`);
}
