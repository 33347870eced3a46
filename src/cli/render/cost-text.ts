import type { PlanCost } from "../../core/plan/plan-view.ts";
import { humanBytes } from "../../core/human-bytes.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";

/** What a plan asks of the node: images, disk, downtime. Empty where it asks for nothing; else ended by a newline. */
export function costText({ images, disk, downtime }: PlanCost, paint: Paint): string {
  const lines: string[] = [];
  if (images.length > 0) {
    lines.push(paint("bold", "images to fetch:"));
    lines.push(...images.map(({ image, bytes }) => `    ${printable(image)}  ${humanBytes(bytes)}`));
    lines.push(diskLine(disk, paint));
  }
  if (downtime.length > 0) {
    lines.push(paint("bold", "downtime expected:"));
    lines.push(...downtime.map(({ app, ms }) => `    ${printable(app)}  ${downtimeText(ms)}`));
  }
  return lines.map((line) => `${line}\n`).join("");
}

function diskLine({ needed, free }: PlanCost["disk"], paint: Paint): string {
  const left = free === null ? "free space not known" : `${humanBytes(free)} free`;
  const short = free !== null && needed > free;
  return `${paint("bold", "disk:")} ${paint(short ? "red" : "none", `${humanBytes(needed)} needed, ${left}`)}`;
}

function downtimeText(ms: number | null): string {
  return ms === null ? "not measured yet" : `about ${roughly(ms)} (as the last time)`;
}

/** One figure with its unit, never less than a second. */
function roughly(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
