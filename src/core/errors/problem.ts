import type { ErrorCode } from "./codes.ts";

/** A place in a file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong, as a value. `message` never holds a secret. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where in a file, if it came from one. */
  readonly at?: Position;
  /** Which field, in dotted form: `containers.lnd.ports.0.host`. */
  readonly path?: string;
  /** What a person can do next; the code's own hint where this is absent. */
  readonly hint?: string;
}

/** `FILE:LINE:COLUMN: path: message`, leaving out what is not known. */
export function formatProblem(problem: Problem): string {
  const place = problem.at ? `${problem.at.file}:${problem.at.line}:${problem.at.column}: ` : "";
  const path = problem.path ? `${problem.path}: ` : "";
  return `${place}${path}${problem.message}`;
}
