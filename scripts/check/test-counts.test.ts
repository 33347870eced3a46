import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { countTests } from "./test-counts.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "test-counts-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function report(name: string, passed: number, failures: number, suites: readonly unknown[] = []) {
  const content = { numPassedTests: passed, numFailedTests: failures, testResults: suites };
  writeFileSync(path.join(directory, name), JSON.stringify(content));
}

it("sums the runs", () => {
  report("unit.json", 3, 0);
  report("podman.json", 4, 1);
  expect(countTests(directory)).toEqual({ passed: 7, failures: 1 });
});

it("counts a suite that could not even be loaded as a failure", () => {
  report("unit.json", 3, 0, [
    { status: "failed", assertionResults: [] },
    { status: "passed", assertionResults: [{}] },
  ]);
  expect(countTests(directory)).toEqual({ passed: 3, failures: 1 });
});

it("finds no test where no run has reported", () => {
  expect(countTests(directory)).toEqual({ passed: 0, failures: 0 });
});
