import { clearScreenDown, moveCursor } from "node:readline";
import type { AppStatus } from "../../core/status/status.ts";
import type { CliIo } from "../io.ts";
import type { Output } from "../output.ts";
import { age } from "../render/age.ts";
import { stateStyle } from "../render/paint.ts";
import { printable } from "../render/printable.ts";
import { stateText } from "../render/state-text.ts";
import { formatTable } from "../render/table.ts";

/** Shows how apps come along. */
export interface ProgressView {
  /** `notice`: what concerns all of them. */
  show(apps: readonly AppStatus[], notice: string | null): void;
  /** Nothing is drawn anew after this. */
  end(): void;
}

/** Drawn in place on a terminal; a line for each change elsewhere; nothing with --json. */
export function progressView(io: CliIo, out: Output): ProgressView {
  if (out.json) return { show: () => {}, end: () => {} };
  return out.interactive ? redrawn(io, out) : appended(out);
}

function redrawn(io: CliIo, out: Output): ProgressView {
  let drawn = 0;
  return {
    show(apps, notice) {
      const rows = apps.map((app) => [
        app.id,
        { text: stateText(app), style: stateStyle(app.state) },
        age(app.since, io.now()),
        app.reason,
      ]);
      // What does not fit on the screen could not be drawn over.
      const room = Math.max(1, (io.stdout.rows ?? 24) - 3);
      const text = formatTable(["APP", "STATE", "SINCE", "REASON"], rows.slice(0, room), out);
      const lines = text.trimEnd().split("\n");
      if (notice !== null) lines.push(out.paint("yellow", printable(notice)));
      moveCursor(io.stdout, 0, -drawn);
      clearScreenDown(io.stdout);
      io.stdout.write(`${lines.join("\n")}\n`);
      drawn = lines.length;
    },
    end() {
      drawn = 0;
    },
  };
}

function appended(out: Output): ProgressView {
  const said = new Map<string, string>();
  const say = (key: string, text: string): void => {
    if (said.get(key) === text) return;
    said.set(key, text);
    out.text(printable(text));
  };
  return {
    show(apps, notice) {
      for (const app of apps) say(app.id, `${app.id}: ${stateText(app)}: ${app.reason}`);
      if (notice === null) said.delete("");
      else say("", notice);
    },
    end: () => {},
  };
}
