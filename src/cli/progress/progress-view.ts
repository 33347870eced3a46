import { clearScreenDown, moveCursor } from "node:readline";
import type { CliIo } from "../io.ts";
import type { Output } from "../output.ts";
import { printable } from "../render/printable.ts";
import { formatTable, type Cell } from "../render/table.ts";
import { clip } from "../render/text-width.ts";

/** One thing that is waited for. */
export interface ProgressRow {
  readonly key: string;
  /** Drawn on a terminal, as a row of the table. */
  readonly cells: readonly Cell[];
  /** Said elsewhere, whenever it has changed; empty: nothing. */
  readonly line: string;
}

/** Shows how things come along. */
export interface ProgressView {
  /** `notice`: what concerns all of them. */
  show(rows: readonly ProgressRow[], notice: string | null): void;
  /** Nothing is drawn anew after this. */
  end(): void;
}

/** Drawn in place on a terminal; a line for each change elsewhere; nothing with --json. */
export function progressView(io: CliIo, out: Output, headers: readonly string[]): ProgressView {
  if (out.json) return { show: () => {}, end: () => {} };
  return out.interactive ? redrawn(io, out, headers) : appended(out);
}

function redrawn(io: CliIo, out: Output, headers: readonly string[]): ProgressView {
  let drawn = 0;
  let shown = "";
  return {
    show(rows, notice) {
      // What does not fit on the screen could not be drawn over.
      const room = Math.max(1, (io.stdout.rows ?? 24) - 3);
      const cells = rows.slice(0, room).map((row) => row.cells);
      const lines = formatTable(headers, cells, out).trimEnd().split("\n");
      // A line that is wrapped by the terminal would be two to draw over.
      if (notice !== null) lines.push(out.paint("yellow", clip(printable(notice), out.width ?? Infinity)));
      const text = lines.join("\n");
      if (text === shown) return;
      moveCursor(io.stdout, 0, -drawn);
      clearScreenDown(io.stdout);
      io.stdout.write(`${text}\n`);
      drawn = lines.length;
      shown = text;
    },
    end() {
      drawn = 0;
    },
  };
}

function appended(out: Output): ProgressView {
  const said = new Map<string, string>();
  const say = (key: string, text: string): void => {
    if (text === "" || said.get(key) === text) return;
    said.set(key, text);
    out.text(printable(text));
  };
  return {
    show(rows, notice) {
      for (const { key, line } of rows) say(key, line);
      if (notice === null) said.delete("");
      else say("", notice);
    },
    end: () => {},
  };
}
