import { appId } from "../ids.ts";
import { failed, ok, type Result } from "../result.ts";
import { checkShape } from "./check-shape.ts";
import { MAIN_CONTAINER, type AppFolder, type Manifest } from "./manifest.ts";
import { manifestSchema, type ManifestDocument } from "./manifest-schema.ts";
import type { ContainerManifest } from "./container-schema.ts";
import { ProblemList } from "./problem-list.ts";
import { isMap } from "./raw-value.ts";
import { readYaml } from "./read-yaml.ts";
import { appIdIsFolder } from "./rules/app-id.ts";
import { exactlyOne } from "./rules/exactly-one.ts";
import { folderPaths } from "./rules/folder-paths.ts";
import { labels } from "./rules/labels.ts";
import { mounts } from "./rules/mounts.ts";
import { namedContainers } from "./rules/named-containers.ts";
import { ports } from "./rules/ports.ts";
import { probes } from "./rules/probes.ts";
import { containersOf, type Rule } from "./rules/rule.ts";
import { secrets } from "./rules/secrets.ts";
import { settings } from "./rules/settings.ts";
import { startAfter } from "./rules/start-after.ts";
import { templatesKnowTheirNames } from "./rules/templates.ts";
import { uniqueEnv } from "./rules/unique-env.ts";

const CODE = "ARC_MANIFEST_INVALID";

const RULES: readonly Rule[] = [
  appIdIsFolder,
  exactlyOne,
  uniqueEnv,
  templatesKnowTheirNames,
  folderPaths,
  mounts,
  secrets,
  startAfter,
  probes,
  settings,
  namedContainers,
  ports,
  labels,
];

/**
 * Parses and checks an app's manifest. Fails with everything that is wrong, ARC_MANIFEST_INVALID, each at its line and
 * column, in the order of the file; problems of a template file stand at their place in that file. Never throws.
 */
export function parseManifest(folder: AppFolder): Result<Manifest> {
  if (folder.problems !== undefined) return failed(...folder.problems);
  const source = readYaml(folder.manifestText, folder.manifestFile, CODE);
  if (!source.ok) return source;
  const root = source.value.value;
  const problems = new ProblemList(source.value, CODE);
  const document = checkShape(manifestSchema, root, problems);
  if (isMap(root)) {
    const containers = containersOf(root);
    for (const rule of RULES) rule({ root, folder, containers, problems });
  }
  const found = problems.list();
  return document && found.length === 0 ? ok(inOneShape(document)) : failed(...found);
}

function inOneShape(document: ManifestDocument): Manifest {
  const { id, container, containers, ...rest } = document;
  const named = containers ?? (container ? { [MAIN_CONTAINER]: container } : {});
  return {
    ...rest,
    id: appId(id),
    containers: Object.fromEntries(Object.entries(named).map(([name, one]) => [name, withReadOnlyShares(one)])),
  };
}

/** Another app's folder is read-only whether the manifest says so or not. */
function withReadOnlyShares(container: ContainerManifest): ContainerManifest {
  const volumes = container.volumes.map((volume) =>
    volume.app === undefined ? volume : { ...volume, read_only: true },
  );
  return { ...container, volumes };
}
