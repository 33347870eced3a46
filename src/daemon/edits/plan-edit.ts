import { ArcError } from "../core/errors/arc-error.ts";
import type { AppId } from "../core/ids.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import type { AppEntry, NodeConfig } from "../core/manifest/node-schema.ts";
import type { Desire } from "../engine/desire.ts";
import type { NodeEdit } from "../ports/node-file.ts";
import type { DesiredEdit } from "../rpc/node-api.ts";

/** What a person's wish means for node.yml. */
export interface PlannedEdit {
  readonly edits: readonly NodeEdit[];
  /** The same, on the typed value: for previews. */
  readonly apply: (config: NodeConfig) => NodeConfig;
  readonly changed: readonly string[];
}

type Catalogue = Desire["catalogue"];

/** Install, uninstall, start, stop and restart only edit the desired state. Pure. Throws ArcError for what can't be. */
export function planEdit(
  edit: DesiredEdit,
  config: NodeConfig,
  catalogue: Catalogue,
  choices: Desire["choices"],
  now: string,
): PlannedEdit {
  switch (edit.kind) {
    case "install": {
      const apps = withRequired(edit.apps, config, catalogue);
      return entries(
        apps,
        (entry) => ({ ...entry, state: "running" }),
        (app) => [{ path: ["apps", app, "state"], value: "running" }],
      );
    }
    case "uninstall": {
      for (const app of edit.apps) requireWanted(app, config);
      refuseIfRequired(edit.apps, config, choices);
      return {
        edits: edit.apps.map((app) => ({ path: ["apps", app], value: null })),
        apply: (before) => ({
          ...before,
          apps: Object.fromEntries(Object.entries(before.apps).filter(([app]) => !edit.apps.includes(app))),
        }),
        changed: edit.apps,
      };
    }
    case "start":
    case "stop": {
      for (const app of edit.apps) requireWanted(app, config);
      const state = edit.kind === "start" ? "running" : "stopped";
      return entries(
        edit.apps,
        (entry) => ({ ...entry, state }),
        (app) => [{ path: ["apps", app, "state"], value: state }],
      );
    }
    case "restart": {
      for (const app of edit.apps) requireWanted(app, config);
      return entries(
        edit.apps,
        (entry) => ({ ...entry, restarted_at: now }),
        (app) => [{ path: ["apps", app, "restarted_at"], value: now }],
      );
    }
  }
}

const NEW_ENTRY: AppEntry = { state: "running", settings: {}, images: {}, ports: {}, requires: {} };

function entries(
  apps: readonly string[],
  change: (entry: AppEntry) => AppEntry,
  edits: (app: string) => readonly NodeEdit[],
): PlannedEdit {
  return {
    edits: apps.flatMap(edits),
    apply: (before) => ({
      ...before,
      apps: { ...before.apps, ...Object.fromEntries(apps.map((app) => [app, change(before.apps[app] ?? NEW_ENTRY)])) },
    }),
    changed: apps,
  };
}

function requireWanted(app: string, config: NodeConfig): void {
  if (app in config.apps) return;
  throw new ArcError("ARC_APP_UNKNOWN", `${app} is not installed on this node`);
}

/** The apps and what they require and nobody wanted serves yet, providers first. */
function withRequired(apps: readonly string[], config: NodeConfig, catalogue: Catalogue): readonly string[] {
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

/** An app that others require stays until those go. */
function refuseIfRequired(apps: readonly string[], config: NodeConfig, choices: Desire["choices"]): void {
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
