import { formatProblem } from "../core/errors/problem.ts";
import { parseManifest } from "../core/manifest/parse-manifest.ts";
import { appFolder } from "./app-folder.ts";

/** The first three lines of a manifest: what a test adds begins at line 4. */
export const DEMO_HEAD = 'id: demo\nname: Demo\nversion: "1"\n';

/** A manifest that is refused, and why: every problem as a person reads it, paths beside the manifest shortened. */
export interface Refusal {
  readonly name: string;
  /** The lines behind DEMO_HEAD. */
  readonly lines: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly escapes?: readonly string[];
  readonly problems: readonly string[];
}

/** `manifest.yml:LINE:COLUMN: path: reason`, one for each problem; none where the manifest is valid. */
export function manifestProblems(refusal: Omit<Refusal, "name" | "problems">): readonly string[] {
  const text = `${DEMO_HEAD}${refusal.lines.join("\n")}\n`;
  return problemLines({ ...refusal.files, "manifest.yml": text }, refusal.escapes);
}

/** The same of a whole folder, in which the manifest is written out. */
export function problemLines(files: Readonly<Record<string, string>>, escapes?: readonly string[]): readonly string[] {
  const parsed = parseManifest(appFolder("demo", files, escapes ? { escapes } : {}));
  return parsed.ok ? [] : parsed.problems.map((problem) => formatProblem(problem).replace(/^apps\/demo\//, ""));
}
