import type { AppStatus } from "../../core/status/status.ts";
import type { Goal } from "../progress/verdict.ts";
import type { Waited } from "../progress/wait-for-apps.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { standingText } from "./standing-text.ts";

const DONE: Readonly<Record<Goal, string>> = {
  ready: "Ready.",
  stopped: "Stopped.",
  converged: "Everything is as it should be.",
};

/** How a wait ended: what is not there yet with its reason, and where the rest can be opened. */
export function sayOutcome({ apps, stuck, waiting }: Waited, goal: Goal, paint: Paint): string {
  const open = [...stuck, ...waiting];
  const lines = open.map((app) => standingText(app, paint));
  lines.push(...open.map((app) => `  archipelago explain ${app.id}`));
  if (open.length === 0) lines.push(paint("green", DONE[goal]));
  lines.push(...apps.filter((app) => !open.includes(app)).flatMap(address));
  return lines.join("\n");
}

function address({ id, url }: AppStatus): readonly string[] {
  return url === null ? [] : [printable(`  ${id}  ${url}`)];
}
