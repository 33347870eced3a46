import { formatPlan } from "../../core/plan/format-plan.ts";
import type { PlanView } from "../../rpc/node-api.ts";
import { costText } from "./cost-text.ts";
import type { Paint, Style } from "./paint.ts";
import { printable } from "./printable.ts";

const BY_SIGN: Readonly<Record<string, Style>> = { "+": "green", "-": "red", "~": "yellow" };

/** A plan for a terminal: the golden text with colour on it and nothing else changed, then what it costs. */
export function planText(plan: PlanView, paint: Paint): string {
  const lines = formatPlan(plan).trimEnd().split("\n").map(printable);
  return lines.map((line) => `${paintLine(line, paint)}\n`).join("") + costText(plan.cost, paint);
}

function paintLine(line: string, paint: Paint): string {
  const step = /^([+~-]) (\S+ \S+)(.*)$/.exec(line);
  if (step) {
    const [, sign = "", what = "", rest = ""] = step;
    return paint(BY_SIGN[sign] ?? "none", `${sign} ${what}`) + rest;
  }
  if (line.startsWith("    waits: ")) return paint("yellow", line);
  return line.startsWith("    ") ? paint("dim", line) : paint("bold", line);
}
