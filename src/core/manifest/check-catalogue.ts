import type { Problem } from "../errors/problem.ts";
import { CatalogueIndex } from "./catalogue/catalogue-index.ts";
import { CataloguePlaces } from "./catalogue/catalogue-places.ts";
import { hostPortProblems } from "./catalogue/host-port-problems.ts";
import { referenceProblems } from "./catalogue/reference-problems.ts";
import { cycleProblems, requirementProblems } from "./catalogue/requirement-problems.ts";
import type { AppFolder, Manifest } from "./manifest.ts";

/**
 * What is wrong between manifests that are each valid: ARC_CATALOGUE_INVALID, one kind after the other. With the
 * apps' folders (by id) problems carry line and column, and template files are read too.
 */
export function checkCatalogue(
  manifests: readonly Manifest[],
  folders: ReadonlyMap<string, AppFolder> = new Map(),
): readonly Problem[] {
  const index = new CatalogueIndex(manifests);
  const places = new CataloguePlaces(folders);
  return [
    ...cycleProblems(index, places),
    ...requirementProblems(index, places),
    ...referenceProblems(index, places),
    ...hostPortProblems(index, places),
  ];
}
