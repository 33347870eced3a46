import { templateReferences } from "../../template/template.ts";
import type { Path } from "../path.ts";
import { get, items, pairs } from "../raw-value.ts";
import { text, type Rule, type RuleInput } from "./rule.ts";
import { referenceProblem, templateNames, type TemplateNames } from "./template-names.ts";

/** Every template reads only names that are there, wherever it stands. */
export const templatesKnowTheirNames: Rule = (input) => {
  const names = templateNames(input.root);
  for (const [name, fields] of pairs(input.root.provides)) {
    for (const [field, value] of pairs(fields)) checkInline(input, ["provides", name, field], value, names);
  }
  for (const { path, raw } of input.containers) {
    for (const key of ["entrypoint", "custom_args"]) {
      for (const [index, value] of items(raw[key])) checkInline(input, [...path, key, index], value, names);
    }
    for (const [index, entry] of items(raw.derived_env)) {
      checkInline(input, [...path, "derived_env", index, "template"], get(entry, "template"), names);
    }
    for (const [index, entry] of items(raw.files)) {
      checkFile(input, [...path, "files", index, "template"], get(entry, "template"), names);
    }
  }
};

function checkInline({ problems }: RuleInput, path: Path, value: unknown, names: TemplateNames): void {
  if (typeof value !== "string") return;
  const references = templateReferences(value);
  if (!references.ok) {
    for (const { at, message } of references.problems) problems.within(path, at?.line ?? 1, at?.column ?? 1, message);
    return;
  }
  for (const reference of references.value) {
    const wrong = referenceProblem(reference, names, false);
    if (wrong !== null) problems.within(path, reference.line, reference.column, wrong);
  }
}

/** A template in a file of its own has its problems there. */
function checkFile({ folder, problems }: RuleInput, path: Path, value: unknown, names: TemplateNames): void {
  const name = text(value);
  const content = name === undefined ? undefined : folder.files.get(name)?.text;
  if (name === undefined || content === undefined || content === null) return;
  const file = templateFile(folder.manifestFile, name);
  const references = templateReferences(content, file);
  if (!references.ok) {
    for (const problem of references.problems)
      problems.at(problem.at ?? { file, line: 1, column: 1 }, path, problem.message);
    return;
  }
  for (const reference of references.value) {
    const wrong = referenceProblem(reference, names, true);
    if (wrong !== null) problems.at({ file, line: reference.line, column: reference.column }, path, wrong);
  }
}

/** The path of a file beside the manifest, as messages show it. */
export function templateFile(manifestFile: string, name: string): string {
  return `${manifestFile.slice(0, manifestFile.lastIndexOf("/") + 1)}${name}`;
}
