import { ArcError } from "../../core/errors/arc-error.ts";
import { requireWanted, retryMoment, type EditGround } from "./edit-ground.ts";
import { setFields, type PlannedEdit } from "./planned-edit.ts";

/**
 * Wants the catalogue's version of each app, and tries one again that failed in exactly this version. Apps that have it
 * are left alone, with a remark. What failed in another version is tried again too: a version that mends no more than a
 * probe makes the same containers, which would stay in quarantine.
 */
export function planUpdate(apps: readonly string[], ground: EditGround): PlannedEdit {
  const versions = new Map(apps.map((app) => [app, versionOf(app, ground)]));
  const behind = apps.filter((app) => isBehind(app, versions.get(app) ?? "", ground));
  const planned = setFields(behind, (app) => {
    const version = versions.get(app) ?? "";
    return { version, ...(ground.records.get(app)?.quarantine && { retried_at: retryMoment(app, ground) }) };
  });
  return {
    ...planned,
    wants: Object.fromEntries(behind.map((app) => [app, versions.get(app) ?? ""])),
    remarks: apps.flatMap((app) =>
      behind.includes(app) ? [] : [`${app} is up to date: version ${versions.get(app) ?? ""}`],
    ),
  };
}

function versionOf(app: string, { config, catalogue }: EditGround): string {
  requireWanted(app, config);
  const parsed = catalogue.get(app);
  if (!parsed)
    throw new ArcError("ARC_APP_UNKNOWN", `${app} is not in the catalogue: there is nothing to update it to`);
  if (!parsed.manifest.ok) throw ArcError.fromProblems(parsed.manifest.problems);
  return parsed.manifest.value.version;
}

function isBehind(app: string, version: string, ground: EditGround): boolean {
  const choice = [...ground.choices].find(([id]) => id === app)?.[1];
  return choice?.kind !== "chosen" || choice.manifest.version !== version || hasFailed(app, version, ground);
}

const hasFailed = (app: string, version: string, { records }: EditGround): boolean =>
  records.get(app)?.quarantine?.version === version;
