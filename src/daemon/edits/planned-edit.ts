import type { AppEntry, NodeConfig } from "../../core/manifest/node-schema.ts";
import type { NodeEdit } from "../../ports/node-file.ts";

/** What a person's wish means for node.yml. */
export interface PlannedEdit {
  readonly edits: readonly NodeEdit[];
  /** The same, on the typed value: for previews. */
  readonly apply: (config: NodeConfig) => NodeConfig;
  readonly changed: readonly string[];
  /** By app, what node.yml says from then on: the version of an update, the moment of a restart. */
  readonly wants: Readonly<Record<string, string>>;
  /** For people. */
  readonly remarks: readonly string[];
}

const NEW_ENTRY: AppEntry = { state: "running", settings: {}, images: {}, ports: {}, requires: {} };

/** Sets these fields of each app's entry; an app without one gets one. */
export function setFields(
  apps: readonly string[],
  fieldsOf: (app: string) => Readonly<Partial<Pick<AppEntry, "state" | "version" | "restarted_at" | "retried_at">>>,
): PlannedEdit {
  return {
    edits: apps.flatMap((app) =>
      Object.entries(fieldsOf(app)).map(([field, value]) => ({ path: ["apps", app, field], value })),
    ),
    apply: (before) => ({
      ...before,
      apps: {
        ...before.apps,
        ...Object.fromEntries(apps.map((app) => [app, { ...(before.apps[app] ?? NEW_ENTRY), ...fieldsOf(app) }])),
      },
    }),
    changed: apps,
    wants: {},
    remarks: [],
  };
}

/** Takes each app's entry out. */
export function removeEntries(apps: readonly string[]): PlannedEdit {
  return {
    edits: apps.map((app) => ({ path: ["apps", app], value: null })),
    apply: (before) => ({
      ...before,
      apps: Object.fromEntries(Object.entries(before.apps).filter(([app]) => !apps.includes(app))),
    }),
    changed: apps,
    wants: {},
    remarks: [],
  };
}
