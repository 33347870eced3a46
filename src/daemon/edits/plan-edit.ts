import type { NodeConfig } from "../../core/manifest/node-schema.ts";
import type { DesiredEdit } from "../../rpc/node-api.ts";
import { requireWanted, retryMoment, type EditGround } from "./edit-ground.ts";
import { planUpdate } from "./plan-update.ts";
import { removeEntries, setFields, type PlannedEdit } from "./planned-edit.ts";
import { refuseIfRequired } from "./refuse-required.ts";
import { withRequired } from "./with-required.ts";

/** What people ask for only edits the desired state. Pure. Throws ArcError for what can't be. */
export function planEdit(edit: DesiredEdit, ground: EditGround): PlannedEdit {
  const { config, catalogue, choices, now } = ground;
  const { apps, kind } = edit;
  switch (kind) {
    case "install":
    case "adopt":
      return setFields(withRequired(apps, config, catalogue), () => ({ state: "running" }));
    case "update":
      return planUpdate(apps, ground);
    case "uninstall":
      for (const app of apps) if (!ground.leftovers.has(app)) requireWanted(app, config);
      refuseIfRequired(
        apps.filter((app) => Object.hasOwn(config.apps, app)),
        config,
        choices,
      );
      return removeEntries(apps);
    case "start":
    case "stop":
      requireAll(apps, config);
      return setFields(apps, () => ({ state: kind === "start" ? "running" : "stopped" }));
    case "restart": {
      requireAll(apps, config);
      const planned = setFields(apps, () => ({ restarted_at: now }));
      return { ...planned, wants: Object.fromEntries(apps.map((app) => [app, now])) };
    }
    case "retry":
      requireAll(apps, config);
      return setFields(apps, (app) => ({ retried_at: retryMoment(app, ground) }));
  }
}

function requireAll(apps: readonly string[], config: NodeConfig): void {
  for (const app of apps) requireWanted(app, config);
}
