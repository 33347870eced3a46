import { ERRORS, type ErrorCode } from "./codes.ts";
import { formatProblem, type Problem } from "./problem.ts";

/** The one error class that crosses a port, the RPC edge and the command line. */
export class ArcError extends Error {
  override readonly name = "ArcError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly problems: readonly Problem[];
  /** ms until it makes sense to ask again, where whoever refused is known to want that long; null: no such wish. */
  readonly retryAfter: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly hint?: string;
      readonly problems?: readonly Problem[];
      readonly retryAfter?: number | null;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].next;
    this.problems = options.problems ?? [];
    this.retryAfter = options.retryAfter ?? null;
  }

  /** Wraps what a pure function found, one problem a line. */
  static fromProblems(problems: readonly Problem[]): ArcError {
    const first = problems[0];
    if (!first) return new ArcError("ARC_INTERNAL", "a failure without a problem");
    return new ArcError(first.code, problems.map(formatProblem).join("\n"), {
      problems,
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    });
  }

  /** An unknown error is wrapped once, at the edge. */
  static from(error: unknown): ArcError {
    if (error instanceof ArcError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new ArcError("ARC_INTERNAL", message, { cause: error });
  }
}
