import { ArcError } from "../../core/errors/arc-error.ts";
import type { TrashView } from "../../rpc/node-api.ts";
import { agreed, mustBeAsked } from "../ask.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { age } from "../render/age.ts";
import { humanBytes } from "../../core/human-bytes.ts";
import { formatTable } from "../render/table.ts";

const NOTHING = "The trash is empty.";

/** Data of apps that were uninstalled, newest first. */
export async function trash(context: CliContext): Promise<ExitCode> {
  const entries = await context.node.trash();
  context.out.answer(entries, () => (entries.length === 0 ? NOTHING : trashTable(entries, context)));
  return EXIT.done;
}

/** Deletes for good what is named by id or app, or everything. Each app's name has to be typed unless `yes`. */
export async function emptyTrash(
  context: CliContext,
  named: readonly string[],
  { yes }: { readonly yes?: true },
): Promise<ExitCode> {
  const { node, out } = context;
  if (!yes) mustBeAsked(context, "trash empty", ["archipelago trash empty --yes", ...named].join(" "));
  const entries = chosen(await node.trash(), named);
  if (entries.length === 0) {
    out.answer([], () => NOTHING);
    return EXIT.done;
  }
  out.text(trashTable(entries, context));
  const names = [...new Set(entries.map(({ app }) => app))];
  if (!yes && !(await agreed(context, { kind: "names", message: "This data will be gone for good.", names }))) {
    out.text("Nothing was deleted.");
    return EXIT.failed;
  }
  const gone = await node.emptyTrash(entries.map(({ id }) => id));
  out.answer(gone, () => `Deleted: ${gone.map(({ id }) => id).join(", ")}.`);
  return EXIT.done;
}

/** Everything where nothing is named. ARC_TRASH for a name that is neither an id nor an app of an entry. */
function chosen(entries: readonly TrashView[], named: readonly string[]): readonly TrashView[] {
  const strange = named.find((name) => !entries.some(({ id, app }) => id === name || app === name));
  if (strange !== undefined) throw new ArcError("ARC_TRASH", `The trash has nothing of ${strange}.`);
  return named.length === 0 ? entries : entries.filter(({ id, app }) => named.includes(id) || named.includes(app));
}

function trashTable(entries: readonly TrashView[], { io, out }: CliContext): string {
  const rows = entries.map(({ id, app, at, bytes }) => [
    id,
    app,
    humanBytes(bytes),
    new Date(at).toISOString().slice(0, 16).replace("T", " "),
    age(at, io.now()),
  ]);
  return formatTable(["ID", "APP", "SIZE", "MOVED (UTC)", "AGO"], rows, out);
}
