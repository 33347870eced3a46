import type { Quarantine } from "../../core/record/app-record.ts";
import type { Paint } from "./paint.ts";
import { printable, printableLog } from "./printable.ts";

/** Lines of a log that are shown; --json has all that were kept. */
const SHOWN = 20;

/** What each container of a set that failed ended with, and what it said last. A line an element, each indented. */
export function failureLines({ failed }: Quarantine, paint: Paint): readonly string[] {
  return failed.flatMap(({ name, exitCode, lines }) => {
    const end = exitCode === null ? "did not end by itself" : `exited with ${exitCode}`;
    const left = lines.length - SHOWN;
    return [
      `  ${printable(name)} ${end}${lines.length === 0 ? ", and said nothing" : ":"}`,
      ...(left > 0 ? [paint("dim", `    (${left} earlier ${left === 1 ? "line" : "lines"}: --json)`)] : []),
      ...lines.slice(-SHOWN).map((line) => `    ${paint("dim", "|")} ${printableLog(line)}`),
    ];
  });
}
