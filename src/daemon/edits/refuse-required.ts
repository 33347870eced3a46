import { ArcError } from "../../core/errors/arc-error.ts";
import type { AppId } from "../../core/ids.ts";
import type { Manifest } from "../../core/manifest/manifest.ts";
import type { NodeConfig } from "../../core/manifest/node-schema.ts";
import type { Desire } from "../../engine/desire.ts";

/** An app that others require stays until those go: ARC_APP_REQUIRED with the list. */
export function refuseIfRequired(apps: readonly string[], config: NodeConfig, choices: Desire["choices"]): void {
  const manifests = [...choices].flatMap(([id, choice]): [AppId, Manifest][] =>
    choice.kind === "chosen" ? [[id, choice.manifest]] : [],
  );
  const staying = manifests.filter(([id]) => id in config.apps && !apps.includes(id));
  for (const app of apps) {
    const provided = manifests.find(([id]) => id === app)?.[1].provides ?? {};
    const needing = staying.filter(([id, manifest]) =>
      Object.entries(manifest.requires).some(([alias, requirement]) => {
        if (requirement.optional) return false;
        if (requirement.app !== undefined) return requirement.app === app;
        const name = requirement.interface ?? "";
        const chosen = config.apps[id]?.requires[alias];
        const others = staying.some(([other, { provides }]) => other !== id && name in provides);
        return chosen === app || (name in provided && !others);
      }),
    );
    if (needing.length > 0) {
      throw new ArcError("ARC_APP_REQUIRED", `${app} is required by ${needing.map(([id]) => id).join(", ")}`);
    }
  }
}
