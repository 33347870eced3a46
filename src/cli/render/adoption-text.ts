import { formatDiffEntry } from "../../core/plan/format-plan.ts";
import { MAIN_CONTAINER } from "../../core/manifest/manifest.ts";
import type { AdoptionView } from "../../rpc/node-api.ts";
import type { Paint, Style } from "./paint.ts";
import { printable } from "./printable.ts";
import { formatTable, type TableOptions } from "./table.ts";

const VERDICTS: Readonly<Record<AdoptionView["verdict"], Style>> = {
  equal: "green",
  different: "yellow",
  "data-risk": "red",
  "other-program": "dim",
  ours: "dim",
};

/** Containers that look like an app's, as a table; below it what each verdict means and what differs. */
export function adoptionText(views: readonly AdoptionView[], options: TableOptions): string {
  const rows = views.map((view) => [
    view.name,
    appContainer(view),
    { text: view.verdict, style: VERDICTS[view.verdict] },
    view.by === "both" ? "name and image" : view.by,
    view.image,
  ]);
  const table = formatTable(["CONTAINER", "LOOKS LIKE", "VERDICT", "BY", "IMAGE"], rows, options);
  return table + views.map((view) => `${details(view, options.paint)}\n`).join("");
}

function details({ name, sentence, diff }: AdoptionView, paint: Paint): string {
  const entries = diff.map((entry) => paint("dim", `    ${printable(formatDiffEntry(entry))}`));
  return [`${paint("bold", printable(name))}: ${printable(sentence)}`, ...entries].join("\n");
}

function appContainer({ app, container }: AdoptionView): string {
  return container === MAIN_CONTAINER ? app : `${app}/${container}`;
}
