import type { Paint, Style } from "./paint.ts";
import { printable } from "./printable.ts";
import { clip, textWidth } from "./text-width.ts";

export type Cell = string | { readonly text: string; readonly style: Style };

export interface TableOptions {
  readonly paint: Paint;
  /** Columns of the terminal: the last column is cut to fit. null: nothing is cut. */
  readonly width: number | null;
}

const GAP = "  ";

/** Columns two spaces apart, each as wide as its widest cell. No trailing spaces; each line ended by a newline. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
  { paint, width }: TableOptions,
): string {
  const cells = [headers.map((text) => ({ text, style: "bold" as const })), ...rows.map((row) => row.map(asCell))];
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column]?.text ?? ""))));
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const last = width === null ? Infinity : Math.max(10, width - before);
  const line = (row: readonly { readonly text: string; readonly style: Style }[]): string => {
    const end = row.findLastIndex(({ text }) => text !== "");
    return row
      .slice(0, end + 1)
      .map(({ text, style }, column) => {
        const shown = column === headers.length - 1 ? clip(text, last) : text;
        const padding = column === end ? 0 : (widths[column] ?? 0) - textWidth(shown);
        return paint(style, shown) + " ".repeat(padding);
      })
      .join(GAP);
  };
  return cells.map((row) => `${line(row)}\n`).join("");
}

function asCell(cell: Cell): { readonly text: string; readonly style: Style } {
  return typeof cell === "string"
    ? { text: printable(cell), style: "none" }
    : { text: printable(cell.text), style: cell.style };
}
