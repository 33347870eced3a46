import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { standInDirectory } from "./base-image.ts";
import { runStages, type Stage } from "./check/stages.ts";
import { countTests } from "./check/test-counts.ts";

/**
 * The whole check, as CI runs it. The slowest and most telling comes last, so that its closing lines are the last
 * before ours. `scripts/test.ts fast` leaves out what needs Podman.
 */
const root = path.dirname(import.meta.dirname);
const reports = path.join(root, "node_modules", ".cache", "test-reports");
const fast = process.argv[2] === "fast";

const vitest = (name: string, ...options: string[]) => [
  "vitest",
  "run",
  "--no-isolate",
  ...options,
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${path.join(reports, `${name}.json`)}`,
];

const stages: Stage[] = [
  { name: "format", command: ["oxfmt", "--check", "."] },
  { name: "lint", command: ["npm", "run", "--silent", "lint"] },
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "unused code", command: ["knip", "--no-progress"] },
  { name: "generated files", command: ["node", "scripts/check/generated.ts"] },
  { name: "unit tests", command: vitest("unit") },
  { name: "build", command: ["npm", "run", "--silent", "build"] },
];
if (!fast) {
  stages.push({
    name: "podman tests",
    command: ["scripts/sandbox", ...vitest("podman", "--config", "vitest.podman.config.ts")],
    // No registry can be reached in the sandbox: the base image comes with it.
    prepare: async () => ({ SANDBOX_IMAGES: await standInDirectory() }),
  });
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const failed = await runStages(stages, root);

const { passed, failures } = countTests(reports);
if (passed === 0) console.log("No test has run: that is no success.");
console.log(`${passed} passed, ${failures} failed`);
process.exitCode = failed || failures > 0 || passed === 0 ? 1 : 0;
