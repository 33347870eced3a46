import type { Problem } from "../errors/problem.ts";
import type { AppId } from "../ids.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { AppEntry } from "../manifest/node-schema.ts";
import { appId } from "../ids.ts";

/** Who serves each requirement of an app. */
export interface Provision {
  /** Alias -> app; null: optional and nobody serves it. */
  readonly providers: Readonly<Record<string, AppId | null>>;
  readonly problems: readonly Problem[];
}

/** Chooses providers among the wanted apps; node.yml decides where several could serve. */
export function findProviders(manifest: Manifest, entry: AppEntry, wanted: ReadonlyMap<string, Manifest>): Provision {
  const providers: Record<string, AppId | null> = {};
  const problems: Problem[] = [];
  for (const [alias, requirement] of Object.entries(manifest.requires)) {
    const path = `requires.${alias}`;
    const candidates =
      requirement.app !== undefined
        ? [appId(requirement.app)].filter((id) => wanted.has(id))
        : [...wanted]
            .filter(([id, other]) => id !== manifest.id && (requirement.interface ?? "") in other.provides)
            .map(([id]) => id);
    const what =
      requirement.app !== undefined ? `the app ${requirement.app}` : `an app that provides ${requirement.interface}`;
    const chosen = entry.requires[alias];
    if (chosen !== undefined && !candidates.includes(chosen)) {
      problems.push({
        code: "ARC_UNRESOLVED",
        message: `node.yml lets ${chosen} serve ${alias} of ${manifest.id}, but it is not wanted or does not provide it`,
        path,
      });
    } else if (chosen === undefined && candidates.length > 1) {
      problems.push({
        code: "ARC_UNRESOLVED",
        message: `${candidates.join(" and ")} could serve ${alias} of ${manifest.id}; choose with apps.${manifest.id}.requires.${alias} in node.yml`,
        path,
      });
    } else {
      const provider = chosen ?? candidates[0];
      providers[alias] = provider === undefined ? null : appId(provider);
      if (provider === undefined && !requirement.optional) {
        problems.push({
          code: "ARC_UNRESOLVED",
          message: `${manifest.id} requires ${what}, which is not wanted on this node`,
          hint: `Install one that provides it.`,
          path,
        });
      }
    }
  }
  return { providers, problems };
}
