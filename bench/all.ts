/**
 * `npm run bench`: every benchmark as its own process, one after the other, and then one table of all ratios. A missed
 * budget is a figure and no failure: machines differ. Exits 1 where a benchmark could not be run.
 */
import { fork } from "node:child_process";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { isMet, showBudget, showValue, type Finding } from "./finding.ts";

const SCRIPTS = ["noop-look", "cold-converge", "kill-to-serving", "update-downtime", "idle", "planning"];

console.log(
  `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; a busy machine shows in the spread (smallest to largest)`,
);
const findings: Finding[] = [];
for (const script of SCRIPTS) {
  console.log(`\n== ${script} ==`);
  const began = performance.now();
  const status = await run(script);
  console.log(`${script} took ${Math.round((performance.now() - began) / 1_000)} s`);
  if (status === 0) continue;
  console.log(`${script} could not be run (exit ${status})`);
  process.exitCode = 1;
}
console.log(`\n${table(findings)}`);

function run(script: string): Promise<number> {
  return new Promise((resolve) => {
    const child = fork(path.join(import.meta.dirname, `${script}.ts`));
    child.on("message", (finding) => findings.push(finding as Finding));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function table(found: readonly Finding[]): string {
  const rows = found.map((finding) => [
    String(finding.row),
    showValue(finding),
    showBudget(finding),
    isMet(finding) ? "met" : "MISSED",
    finding.what,
  ]);
  const all = [["row", "value", "budget", "", "what"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
