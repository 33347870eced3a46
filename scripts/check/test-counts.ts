import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

/** What vitest's json reporter says of one run. Suites that fail to load have no tests of their own, and count too. */
const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

export interface TestCounts {
  readonly passed: number;
  readonly failures: number;
}

/** Sums all reports of a directory. */
export function countTests(directory: string): TestCounts {
  let passed = 0;
  let failures = 0;
  for (const name of readdirSync(directory)) {
    const report = reportSchema.parse(JSON.parse(readFileSync(path.join(directory, name), "utf8")));
    passed += report.numPassedTests;
    failures += report.numFailedTests;
    failures += report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
    ).length;
  }
  return { passed, failures };
}
