import type { Problem } from "../../errors/problem.ts";
import { didYouMean } from "../../nearest-name.ts";
import { findCycles } from "../find-cycles.ts";
import { fieldNames, providedField, type CatalogueIndex } from "./catalogue-index.ts";
import type { CataloguePlaces } from "./catalogue-places.ts";

/** Requirements that nobody can serve, or not as `where` wants it. */
export function requirementProblems(index: CatalogueIndex, places: CataloguePlaces): readonly Problem[] {
  const problems: Problem[] = [];
  for (const manifest of index.apps.values()) {
    for (const [alias, requirement] of Object.entries(manifest.requires)) {
      const providers = index.providers(manifest, requirement);
      const path = ["requires", alias];
      const key = requirement.app === undefined ? "interface" : "app";
      const wanted = requirement.app ?? requirement.interface ?? "";
      if (providers.length === 0) {
        // An optional one is served by a catalogue of somebody else, or by nobody.
        if (requirement.optional) continue;
        const names = key === "app" ? index.apps.keys() : index.interfaces();
        const what =
          key === "app" ? `the app ${wanted}, which is not in the catalogue` : `${wanted}, which no app provides`;
        problems.push(
          places.problem(manifest.id, [...path, key], `${manifest.id} requires ${what}${didYouMean(wanted, names)}`),
        );
        continue;
      }
      for (const field of Object.keys(requirement.where)) {
        const found = providers.map((provider) => providedField(provider, field));
        if (found.some((value) => typeof value === "string")) continue;
        const secret = found.some((value) => value !== undefined);
        const message = secret
          ? `${field} of ${wanted} is a secret, which where can't ask for`
          : `no app that serves ${wanted} provides ${field}${didYouMean(field, fieldNames(providers))}`;
        problems.push(places.problem(manifest.id, [...path, "where", field], message));
      }
    }
  }
  return problems;
}

/**
 * Apps that require each other in a circle: none of them could start first. An interface that several apps provide is
 * passed over, for the node chooses one, and resolve looks at the choice.
 */
export function cycleProblems(index: CatalogueIndex, places: CataloguePlaces): readonly Problem[] {
  const edges = new Map(
    [...index.apps.values()].map((manifest) => [
      manifest.id as string,
      Object.values(manifest.requires).flatMap((requirement) => {
        const [first, ...others] = index.providers(manifest, requirement);
        return first && others.length === 0 ? [first.id as string] : [];
      }),
    ]),
  );
  return findCycles(edges).map((cycle) =>
    places.problem(cycle[0] ?? "", ["requires"], `apps require each other in a circle: ${cycle.join(" -> ")}`),
  );
}
