import type { Position, Problem } from "../../errors/problem.ts";
import { didYouMean } from "../../nearest-name.ts";
import { templateReferences } from "../../template/template.ts";
import type { AppFolder, Manifest } from "../manifest.ts";
import type { Path } from "../path.ts";
import { templateFile } from "../rules/templates.ts";
import { fieldNames, providedField, type CatalogueIndex } from "./catalogue-index.ts";
import type { CataloguePlaces } from "./catalogue-places.ts";

/** A field of a required app that a manifest reads. */
interface FieldUse {
  readonly path: Path;
  readonly alias: string;
  readonly field: string;
  /** `file` may read both texts and secrets, `template` texts only, `secret_env` secrets only. */
  readonly where: "template" | "file" | "secret_env";
  /** In a template that stands in the manifest. */
  readonly within?: { readonly line: number; readonly column: number };
  /** In a template file. */
  readonly at?: Position;
}

/** Fields of required apps that no provider has, and secret ones where a secret would show. */
export function referenceProblems(index: CatalogueIndex, places: CataloguePlaces): readonly Problem[] {
  const problems: Problem[] = [];
  for (const manifest of index.apps.values()) {
    for (const use of fieldUses(manifest, places.folder(manifest.id))) {
      const message = useProblem(index, manifest, use);
      if (message !== null) problems.push(places.problem(manifest.id, use.path, message, use));
    }
  }
  return problems;
}

function useProblem(index: CatalogueIndex, manifest: Manifest, { alias, field, where }: FieldUse): string | null {
  const requirement = Object.hasOwn(manifest.requires, alias) ? manifest.requires[alias] : undefined;
  const providers = requirement ? index.providers(manifest, requirement) : [];
  // Who serves it is another check's matter.
  if (!requirement || providers.length === 0) return null;
  const wanted = requirement.app ?? requirement.interface ?? "";
  const found = providers.flatMap((provider) => providedField(provider, field) ?? []);
  if (found.length === 0) {
    return `no app that serves ${wanted} provides ${field}${didYouMean(field, fieldNames(providers))}`;
  }
  // One provider that makes it a secret is enough: the node may choose that one.
  const secret = found.some((value) => typeof value !== "string");
  if (where === "template" && secret) return `${field} of ${wanted} is a secret: read it by secret_env, or in files`;
  if (where === "secret_env" && !secret) return `${field} of ${wanted} is no secret: read it by derived_env`;
  return null;
}

function fieldUses(manifest: Manifest, folder: AppFolder | undefined): readonly FieldUse[] {
  const uses: FieldUse[] = [];
  const inline = (path: Path, text: string): void => {
    const references = templateReferences(text);
    for (const { path: name, line, column } of references.ok ? references.value : []) {
      const [root, alias, field] = name;
      if (root !== "requires" || alias === undefined || field === undefined) continue;
      uses.push({ path, alias, field, where: "template", within: { line, column } });
    }
  };
  for (const [name, fields] of Object.entries(manifest.provides)) {
    for (const [field, value] of Object.entries(fields)) {
      if (typeof value === "string") inline(["provides", name, field], value);
    }
  }
  for (const [name, container] of Object.entries(manifest.containers)) {
    const base = ["containers", name];
    for (const [at, text] of (container.entrypoint ?? []).entries()) inline([...base, "entrypoint", at], text);
    for (const [at, text] of container.custom_args.entries()) inline([...base, "custom_args", at], text);
    for (const [at, { template }] of container.derived_env.entries())
      inline([...base, "derived_env", at, "template"], template);
    for (const [at, entry] of container.secret_env.entries()) {
      const [, alias, field] = "from" in entry ? entry.from.split(".") : [];
      if (alias === undefined || field === undefined) continue;
      uses.push({ path: [...base, "secret_env", at, "from"], alias, field, where: "secret_env" });
    }
    for (const [at, { template }] of container.files.entries()) {
      uses.push(...fileUses([...base, "files", at, "template"], template, folder));
    }
  }
  return uses;
}

/** None where the folder is not known: a manifest alone does not hold its template files. */
function fileUses(path: Path, template: string, folder: AppFolder | undefined): readonly FieldUse[] {
  const text = folder?.files.get(template)?.text;
  if (!folder || text === undefined || text === null) return [];
  const file = templateFile(folder.manifestFile, template);
  const references = templateReferences(text, file);
  return (references.ok ? references.value : []).flatMap(({ path: [root, alias, field], line, column }): FieldUse[] => {
    if (root !== "requires" || alias === undefined || field === undefined) return [];
    return [{ path, alias, field, where: "file", at: { file, line, column } }];
  });
}
