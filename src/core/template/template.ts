import { analyzeSync, IfTag, LiquidError, toValueSync, UnlessTag, type Template, type Variable } from "liquidjs";
import { boundedText } from "../errors/bounded-text.ts";
import type { Problem } from "../errors/problem.ts";
import { didYouMean } from "../nearest-name.ts";
import { failed, ok, type Result } from "../result.ts";
import { createLiquid, LONGEST_TEMPLATE } from "./liquid-engine.ts";

/** A name that a template reads from outside itself. Line and column count from 1, within the template's text. */
export interface TemplateReference {
  /** `["requires", "bitcoin", "host"]`; dotted and bracketed forms are the same. */
  readonly path: readonly string[];
  readonly line: number;
  readonly column: number;
  /** True where an `if` or `unless` asks for it: there it may be missing, and a whole group may stand. */
  readonly condition: boolean;
}

/** Shown as the file of a problem until the caller says where the text came from. */
const UNNAMED = "template";

const LIQUID = createLiquid();

/**
 * Every name that a template reads, in the order of the text; variables of its own (`assign`, `for`, ...) are none.
 * A computed name (`settings[settings.x]`) is refused: it could not be checked before it is rendered.
 * Problems are ARC_TEMPLATE and carry the line and column within the text.
 */
export function templateReferences(text: string, file: string = UNNAMED): Result<readonly TemplateReference[]> {
  if (!mayBeTemplate(text)) return ok([]);
  if (text.length > LONGEST_TEMPLATE) return failed(tooLong(file));
  try {
    const templates = LIQUID.parse(text);
    const conditions = conditionPlaces(templates);
    const lines = text.split("\n");
    const references: TemplateReference[] = [];
    const computed: Problem[] = [];
    for (const variable of Object.values(analyzeSync(templates, { partials: false }).globals).flat()) {
      const { row: line, col: column } = variable.location;
      const path = variable.segments.filter((segment) => typeof segment !== "object").map(String);
      // The analysis flattens a computed first name, `[settings.x]`, into its inner path: the text tells them apart.
      const startsComputed = lines[line - 1]?.[column - 1] === "[";
      if (path.length < variable.segments.length || startsComputed) {
        computed.push(problem("a computed name can't be checked; write the name out", file, line, column));
      } else {
        references.push({ path, line, column, condition: conditions.has(place(variable)) });
      }
    }
    if (computed.length > 0) return failed(...computed);
    return ok(references.toSorted((a, b) => a.line - b.line || a.column - b.column));
  } catch (error) {
    return failed(problemOf(error, file));
  }
}

/**
 * Fills a template. Strict: an unknown name outside of a condition is a problem, as is a value that is a map.
 * What is filled in arrives byte for byte. Problems are ARC_TEMPLATE with the line and column within the text.
 */
export function renderTemplate(
  text: string,
  scope: Readonly<Record<string, unknown>>,
  file: string = UNNAMED,
): Result<string> {
  if (!mayBeTemplate(text)) return ok(text);
  if (text.length > LONGEST_TEMPLATE) return failed(tooLong(file));
  try {
    const rendered: unknown = LIQUID.parseAndRenderSync(text, scope);
    return ok(String(rendered));
  } catch (error) {
    return failed(problemOf(error, file));
  }
}

/** Most texts of a manifest hold no template: they need no engine. */
function mayBeTemplate(text: string): boolean {
  return text.includes("{{") || text.includes("{%");
}

const place = (variable: Variable): string => `${variable.location.row}:${variable.location.col}`;

/** Where the conditions of `if`, `elsif` and `unless` read a variable. */
function conditionPlaces(templates: readonly Template[]): ReadonlySet<string> {
  const places = new Set<string>();
  const pending = [...templates];
  for (let template = pending.pop(); template; template = pending.pop()) {
    if (template.children) pending.push(...toValueSync(template.children(false, true)));
    if (!(template instanceof IfTag || template instanceof UnlessTag)) continue;
    const { token } = template;
    const values = template.arguments();
    const onlyCondition: Template = { token, render: () => "", arguments: () => values };
    for (const variable of Object.values(analyzeSync([onlyCondition]).variables).flat()) places.add(place(variable));
  }
  return places;
}

function problem(message: string, file: string, line: number, column: number): Problem {
  return { code: "ARC_TEMPLATE", message: boundedText(message), at: { file, line, column } };
}

function tooLong(file: string): Problem {
  return problem(`a template has at most ${LONGEST_TEMPLATE} characters`, file, 1, 1);
}

/** LiquidJS says where only in its message's tail and in the token; its message quotes the template, never a value. */
function problemOf(error: unknown, file: string): Problem {
  if (!LiquidError.is(error)) {
    const message = error instanceof RangeError ? "the template nests too deeply" : "the template can't be read";
    return problem(message, file, 1, 1);
  }
  const [line = 1, column = 1] = error.token.getPosition?.() ?? [];
  const said = error.originalError?.message ?? error.message.split("\n")[0] ?? "";
  return problem(inOurWords(said.replace(/, line:\d+, col:\d+$/, "")), file, line, column);
}

function inOurWords(said: string): string {
  const filter = /^undefined filter: (.*)$/s.exec(said)?.[1];
  if (filter !== undefined) return `unknown filter "${filter}"${didYouMean(filter, Object.keys(LIQUID.filters))}`;
  const tag = /^tag "(.*)" not found$/s.exec(said)?.[1];
  if (tag !== undefined) return `unknown tag "${tag}"${didYouMean(tag, Object.keys(LIQUID.tags))}`;
  const variable = /^undefined variable: (.*)$/s.exec(said)?.[1];
  if (variable !== undefined) return `${variable} has no value here`;
  if (said.includes("call stack")) return "the template nests too deeply";
  return said.slice(0, 300);
}
