import { ArcError } from "../../core/errors/arc-error.ts";
import { isOlder } from "../../core/manifest/compare-versions.ts";
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

function versionOf(app: string, { config, catalogue, records }: EditGround): string {
  requireWanted(app, config);
  const parsed = catalogue.get(app);
  if (!parsed)
    throw new ArcError("ARC_APP_UNKNOWN", `${app} is not in the catalogue: there is nothing to update it to`);
  if (!parsed.manifest.ok) throw ArcError.fromProblems(parsed.manifest.problems);
  const { version, update } = parsed.manifest.value;
  const runs = records.get(app)?.committed?.version;
  if (runs !== undefined && isOlder(version, runs) && update.rollback !== "safe")
    throw new ArcError(
      "ARC_UNRESOLVED",
      `the catalogue has version ${version} of ${app}, and ${runs} runs: an older one may not run on its data`,
      { hint: `If you are sure that it may, write version: "${version}" under apps.${app} in node.yml.` },
    );
  return version;
}

function isBehind(app: string, version: string, ground: EditGround): boolean {
  const choice = [...ground.choices].find(([id]) => id === app)?.[1];
  if (choice?.kind !== "chosen" || choice.manifest.version !== version) return true;
  // Wanted already, and not there yet: whoever asks again follows it to its end.
  const runs = ground.records.get(app)?.committed?.version;
  return (runs !== undefined && runs !== version) || hasFailed(app, version, ground);
}

const hasFailed = (app: string, version: string, { records }: EditGround): boolean =>
  records.get(app)?.quarantine?.version === version;
