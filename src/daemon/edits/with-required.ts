import { ArcError } from "../../core/errors/arc-error.ts";
import type { NodeConfig } from "../../core/manifest/node-schema.ts";
import type { Desire } from "../../engine/desire.ts";

type Catalogue = Desire["catalogue"];

/** The apps and what they require and nobody wanted serves yet, providers first. Throws where that can't be told. */
export function withRequired(apps: readonly string[], config: NodeConfig, catalogue: Catalogue): readonly string[] {
  const order: string[] = [];
  const visit = (app: string): void => {
    if (order.includes(app)) return;
    const parsed = catalogue.get(app);
    if (!parsed)
      throw new ArcError("ARC_APP_UNKNOWN", `${app} is not in the catalogue`, { hint: nearby(app, catalogue) });
    if (!parsed.manifest.ok) throw ArcError.fromProblems(parsed.manifest.problems);
    const manifest = parsed.manifest.value;
    for (const [alias, requirement] of Object.entries(manifest.requires)) {
      if (requirement.optional) continue;
      const wanted = [...Object.keys(config.apps), ...order, ...apps];
      const candidates =
        requirement.app === undefined ? providersOf(requirement.interface ?? "", catalogue) : [requirement.app];
      if (candidates.some((candidate) => candidate !== app && wanted.includes(candidate))) {
        for (const candidate of candidates) if (apps.includes(candidate) && candidate !== app) visit(candidate);
        continue;
      }
      const [only, ...others] = candidates;
      if (only === undefined || others.length > 0) {
        const choice =
          candidates.length === 0
            ? "no app in the catalogue provides it"
            : `${candidates.join(", ")} provide it: install one of them first`;
        throw new ArcError(
          "ARC_UNRESOLVED",
          `${app} requires ${requirement.interface ?? requirement.app} (as ${alias}); ${choice}`,
        );
      }
      visit(only);
    }
    if (!order.includes(app)) order.push(app);
  };
  for (const app of apps) visit(app);
  return order;
}

function providersOf(name: string, catalogue: Catalogue): readonly string[] {
  return [...catalogue].flatMap(([id, { manifest }]) => (manifest.ok && name in manifest.value.provides ? [id] : []));
}

function nearby(app: string, catalogue: Catalogue): string {
  const names = [...catalogue.keys()].filter((name) => name.includes(app) || app.includes(name));
  return `The catalogue has ${(names.length > 0 ? names : [...catalogue.keys()]).toSorted().join(", ")}.`;
}
