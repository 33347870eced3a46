import type * as z from "zod";
import { didYouMean } from "../nearest-name.ts";
import { issueMessage, oneOf, typeWord, UNSAID } from "./issue-message.ts";
import type { Path } from "./path.ts";
import type { ProblemList } from "./problem-list.ts";
import { get, isMap, valueAt } from "./raw-value.ts";
import { shapesAt } from "./schema-branches.ts";

type Issue = z.core.$ZodIssue;

/** Parses a value by a schema. Everything that does not fit goes to `problems`, with its place; then undefined. */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  problems: ProblemList,
): z.output<Schema> | undefined {
  const parsed = schema.safeParse(value, { error: issueMessage });
  if (parsed.success) return parsed.data;
  const reported = new Set<string>();
  for (const issue of parsed.error.issues.flatMap((found) => unfold(found, value))) {
    const path = asPath(issue.path);
    if (issue.code === "unrecognized_keys") {
      reportUnknownKeys(schema, value, path, issue.keys, problems);
      continue;
    }
    // The first thing wrong with a value often brings the others with it.
    const key = JSON.stringify(path);
    if (reported.has(key)) continue;
    reported.add(key);
    if (issue.code === "invalid_key") problems.key(path, issue.message);
    else problems.value(path, issue.message);
  }
  return undefined;
}

function asPath(path: readonly PropertyKey[]): Path {
  return path.map((segment) => (typeof segment === "symbol" ? String(segment) : segment));
}

function reportUnknownKeys(
  schema: z.core.$ZodType,
  value: unknown,
  path: Path,
  keys: readonly string[],
  problems: ProblemList,
): void {
  const shapes = shapesAt(schema, value, path);
  const known = new Set(shapes.flatMap((shape) => Object.keys(shape)));
  const present = new Set(Object.keys(valueAt(value, path) ?? {}));
  const absent = [...known].filter((name) => !present.has(name));
  for (const key of keys) {
    if (known.has(key)) {
      // Known to one form of a union, and the value has another form: the two keys exclude each other.
      const shape = shapes.find((candidate) => !Object.hasOwn(candidate, key));
      const other = [...present].find(
        (name) => shapes.some((candidate) => !Object.hasOwn(candidate, name)) && name !== key,
      );
      const beside = shape && other !== undefined ? ` beside "${other}"` : " here";
      problems.key([...path, key], `"${key}" can't stand${beside}`);
      continue;
    }
    problems.key([...path, key], `unknown key "${key}"${didYouMean(key, absent)}`);
  }
}

/** A union's issue becomes those of the branch that was most likely meant. */
function unfold(issue: Issue, root: unknown): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const value = valueAt(root, asPath(issue.path));
  if (issue.errors.length === 0) {
    // The word that tells the forms apart is none of those known; the path leads to it.
    const words = "options" in issue ? (issue.options ?? []) : [];
    return [{ ...issue, message: value === undefined ? "is missing" : oneOf(words, value) }];
  }
  if (value !== undefined && !isMap(value) && issue.message !== UNSAID) return [issue];
  const branches = issue.errors.map((issues) => issues.flatMap((inner) => unfold(inner, value)));
  const costs = branches.map((branch) => branch.reduce((sum, inner) => sum + cost(inner, value), 0));
  const lowest = Math.min(...costs);
  if (lowest >= WRONG_TYPE) return [{ ...issue, message: anyOf(branches, value) }];
  const cheapest = branches.filter((_, index) => costs[index] === lowest);
  const missing = cheapest.map((branch) => onlyMissing(branch, value));
  if (missing.length > 1 && missing.every((key) => key !== undefined)) {
    return [{ ...issue, message: `needs ${missing.join(" or ")}` }];
  }
  const others = branches.flat();
  return (cheapest[0] ?? []).map((inner) => {
    const path = [...issue.path, ...inner.path];
    if (inner.code !== "invalid_value" || valueAt(value, asPath(inner.path)) === undefined) return { ...inner, path };
    const values = others.flatMap((other) =>
      other.code === "invalid_value" && String(other.path) === String(inner.path) ? other.values : [],
    );
    return { ...inner, path, message: oneOf([...new Set(values)], valueAt(value, asPath(inner.path))) };
  });
}

/** The one key that a branch lacks, where that is all that is wrong with it. */
function onlyMissing(branch: readonly Issue[], value: unknown): string | undefined {
  const [only, ...more] = branch;
  const key = only?.path.length === 1 && more.length === 0 ? String(only.path[0]) : undefined;
  return key !== undefined && get(value, key) === undefined ? key : undefined;
}

const WRONG_TYPE = 1000;

/** How far a branch's issue says that another branch was meant. */
function cost(issue: Issue, value: unknown): number {
  if (issue.path.length === 0 && issue.code !== "unrecognized_keys" && !isMap(value)) {
    return issue.code === "invalid_type" || issue.code === "invalid_value" ? WRONG_TYPE : 1;
  }
  if (issue.path.length === 0 && issue.code !== "unrecognized_keys") return WRONG_TYPE;
  const missing = issue.path.length === 1 && get(value, String(issue.path[0])) === undefined;
  switch (issue.code) {
    case "invalid_value":
      return missing ? 100 : 50;
    case "unrecognized_keys":
      return 10 * issue.keys.length;
    case "invalid_type":
      return missing ? 5 : 1;
    default:
      return 1;
  }
}

/** `must be text or a map`, where no branch fits even the value's type. */
function anyOf(branches: readonly (readonly Issue[])[], value: unknown): string {
  if (value === undefined) return "is missing";
  const tops = branches.flat().filter(({ path }) => path.length === 0);
  const words = tops.flatMap((issue) => {
    if (issue.code === "invalid_type") return [typeWord(issue.expected)];
    if (issue.code === "invalid_value") return issue.values.map(String);
    return [];
  });
  const distinct = [...new Set(words)];
  if (distinct.length === 0) return tops[0]?.message ?? "is not valid";
  return `must be ${distinct.join(" or ")}${typeof value === "string" ? didYouMean(value, distinct) : ""}`;
}
