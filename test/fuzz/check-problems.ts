import { ERRORS, type ErrorCode } from "../../src/core/errors/codes.ts";
import type { Problem } from "../../src/core/errors/problem.ts";
import { demand } from "./target.ts";

/**
 * Every problem has a code of ours, a sentence of bearable length, and stands at a line and column that its file has.
 * `files` are the texts by the names that messages use.
 */
export function checkProblems(
  problems: readonly Problem[],
  codes: readonly ErrorCode[],
  files: Readonly<Record<string, string>>,
): void {
  demand(problems.length > 0, "failed without a problem");
  const lines = new Map(Object.entries(files).map(([file, text]) => [file, text.split("\n")]));
  for (const { code, message, at } of problems) {
    demand(Object.hasOwn(ERRORS, code) && codes.includes(code), `the code is ${code}`);
    demand(message.trim() !== "", "a problem without a sentence");
    demand(message.length < 2_000, `a sentence of ${message.length} characters`);
    demand(at !== undefined, `no position: ${message.slice(0, 200)}`);
    const found = lines.get(at.file);
    demand(found !== undefined, `a problem in ${at.file}`);
    const line = found[at.line - 1];
    const place = `${at.line}:${at.column}`;
    demand(line !== undefined && at.column >= 1, `${place} is no place of ${at.file}: ${message.slice(0, 200)}`);
    demand(at.column <= line.length + 1, `${place} is behind its line's end: ${message.slice(0, 200)}`);
  }
}
