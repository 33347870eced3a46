import { relative, resolve } from "node:path";
import { formatProblem, type Problem } from "../../core/errors/problem.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable } from "../render/printable.ts";

/** Checks files, or the whole catalogue. One problem a line, `FILE:LINE:COLUMN: path: reason`; exits 1 where any is. */
export async function validate({ io, options, out }: CliContext, files: readonly string[]): Promise<ExitCode> {
  const paths = files.map((file) => resolve(io.cwd, file));
  const found = await io.daemon.validateFiles(options.apps, paths);
  const { problems, warnings, checked } = found;
  out.answer(found, () =>
    [
      ...problems.map((problem) => formatProblem(seenFrom(io.cwd, problem))),
      ...warnings.map((warning) => formatProblem(seenFrom(io.cwd, asWarning(warning)))),
      `${many(checked.length, "file")} checked, ${many(problems.length, "problem")}, ${many(warnings.length, "warning")}`,
    ]
      .map(printable)
      .join("\n"),
  );
  return problems.length > 0 ? EXIT.failed : EXIT.done;
}

/** Files below the directory that one stands in are named from there, as an editor's own output would. */
function seenFrom(directory: string, problem: Problem): Problem {
  const { at } = problem;
  if (!at?.file.startsWith(`${directory}/`)) return problem;
  return { ...problem, at: { ...at, file: relative(directory, at.file) } };
}

function asWarning(warning: Problem): Problem {
  return { ...warning, message: `warning: ${warning.message}` };
}

function many(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
