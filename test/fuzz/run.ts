/**
 * `npm run fuzz -- [--inputs 100000] [--seed 1] [--target NAME]`, and with what a failure prints: `--target NAME` and
 * `--base64 BYTES` or `--file PATH`. Exits 1 where a promise was broken; the input lies in the corpus then.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { keepInput } from "./corpus.ts";
import { FuzzThread } from "./fuzz-thread.ts";
import { fuzzTarget, type Failure, type Outcome } from "./fuzz-target.ts";
import { TARGETS, targetNamed } from "./targets.ts";

/** Bytes of the largest input: what a daemon takes in at most. */
const MOST = 1_048_576;
/** A longer one is replayed from the corpus. */
const LONGEST_LINE = 2_000;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    target: { type: "string" },
    base64: { type: "string" },
    file: { type: "string" },
  },
});

const only =
  values.base64 === undefined
    ? values.file === undefined
      ? undefined
      : readFileSync(values.file)
    : Buffer.from(values.base64, "base64");
const targets = values.target === undefined ? TARGETS : [targetNamed(values.target)];
const inputs = only ? 1 : Math.ceil(Number(values.inputs) / targets.length);

console.log(`seed ${values.seed}, ${inputs} inputs a target\n`);
console.log("target          inputs   a second   longest ms   kept MB");
const outcomes: Outcome[] = [];
await using thread = new FuzzThread();
for (const { name } of targets) {
  const options = { seed: Number(values.seed), inputs, most: MOST, ...(only ? { only } : {}) };
  const outcome = await fuzzTarget(thread, name, options);
  outcomes.push(outcome);
  console.log(row(outcome));
  for (const failure of outcome.failures) console.log(`  ${told(failure)}`);
}
const count = outcomes.reduce((sum, outcome) => sum + outcome.inputs, 0);
const failures = outcomes.flatMap((outcome) => outcome.failures);
const seconds = outcomes.reduce((sum, outcome) => sum + outcome.took, 0) / 1_000;
console.log(`\n${count} inputs in ${seconds.toFixed(0)} s, ${failures.length} failures`);
if (failures.length > 0) process.exitCode = 1;

function row({ target, inputs: many, took, longest, grown }: Outcome): string {
  const rate = (many / (took / 1_000)).toFixed(0);
  const kept = (Math.max(0, grown) / 1_048_576).toFixed(1);
  return `${target.padEnd(14)} ${String(many).padStart(7)} ${rate.padStart(10)} ${longest.toFixed(0).padStart(12)} ${kept.padStart(9)}`;
}

/** One line that replays it, and where the input was kept. */
function told({ target, input, reason }: Failure): string {
  const line = inOneLine(reason);
  if (input.length === 0) return `${target}: ${line}`;
  const file = only ? values.file : keepInput(target, input);
  const bytes = Buffer.from(input).toString("base64");
  const how = bytes.length > LONGEST_LINE ? `--file ${file ?? ""}` : `--base64 ${bytes}`;
  return `npm run fuzz -- --target ${target} ${how}   # ${line}`;
}

/** What was said, and where in our code it came from. */
function inOneLine(reason: string): string {
  const [said = ""] = reason.split("\n");
  const place = /\bsrc\/[\w./-]+:\d+/.exec(reason)?.[0];
  return `${said.slice(0, 400)}${place === undefined ? "" : ` (${place})`}`;
}
