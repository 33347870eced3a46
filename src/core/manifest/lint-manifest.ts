import type { ErrorCode } from "../errors/codes.ts";
import type { Problem } from "../errors/problem.ts";
import { nearestName } from "../nearest-name.ts";
import type { ContainerManifest } from "./container-schema.ts";
import { MAIN_CONTAINER, type AppFolder, type Manifest } from "./manifest.ts";
import { formatPath, type Path } from "./path.ts";
import { get } from "./raw-value.ts";
import { readYaml } from "./read-yaml.ts";

const CODE: ErrorCode = "ARC_MANIFEST_INVALID";

interface Warning {
  readonly path: Path;
  readonly message: string;
}

/**
 * What a valid manifest could do better, as warnings: nothing here keeps an app from running, save an icon or a build
 * context that is not in the folder. With the folder they carry line and column, and its files are looked for.
 */
export function lintManifest(manifest: Manifest, folder?: AppFolder): readonly Problem[] {
  const warnings: Warning[] = [];
  if (manifest.description === undefined)
    warnings.push({ path: ["description"], message: "say in a sentence what the app does" });
  if (folder && manifest.icon !== undefined && !folder.files.has(manifest.icon)) {
    warnings.push({ path: ["icon"], message: `there is no file ${manifest.icon} in the app's folder` });
  }
  for (const [name, container] of Object.entries(manifest.containers)) {
    const path = ["containers", name];
    const found = [
      ...image(container),
      ...build(container, folder),
      ...rights(container),
      ...health(container),
      ...env(container, manifest),
    ];
    warnings.push(...found.map((warning) => ({ ...warning, path: [...path, ...warning.path] })));
  }
  return inOrder(warnings, folder);
}

function* image({ image: reference }: ContainerManifest): Iterable<Warning> {
  if (reference === undefined) return;
  const [name = "", digest] = reference.split("@");
  // A colon behind the last slash is a tag; before it, a registry's port.
  if (!name.slice(name.lastIndexOf("/") + 1).includes(":")) yield { path: ["image"], message: "name a tag" };
  if (digest === undefined) yield { path: ["image"], message: "name a digest: a tag may mean something else tomorrow" };
}

function* build({ build: spec }: ContainerManifest, folder: AppFolder | undefined): Iterable<Warning> {
  if (!spec || !folder) return;
  const file = `${spec.context}/${spec.containerfile}`;
  if (!folder.files.has(file)) yield { path: ["build"], message: `there is no file ${file} in the app's folder` };
}

function* rights({ cap_drop: dropped, privileged }: ContainerManifest): Iterable<Warning> {
  if (privileged) yield { path: ["privileged"], message: "a privileged container can do anything to the host" };
  else if (!dropped.includes("ALL"))
    yield { path: ["cap_drop"], message: "drop ALL capabilities and add those it needs" };
}

function* health({ one_shot: oneShot, health: probes }: ContainerManifest): Iterable<Warning> {
  if (!oneShot && !probes.readiness) {
    yield { path: ["health"], message: "add a readiness probe: without one, running counts as ready" };
  }
}

function* env(container: ContainerManifest, manifest: Manifest): Iterable<Warning> {
  for (const [key, value] of Object.entries(container.env)) {
    if (/\{\{|\{%/.test(value))
      yield { path: ["env", key], message: "env holds no templates; this belongs in derived_env" };
  }
  const names = Object.keys(manifest.secrets);
  for (const [index, entry] of container.secret_env.entries()) {
    if (!("secret_file" in entry) || names.includes(entry.secret_file)) continue;
    const near = nearestName(entry.secret_file, names);
    const message = `nothing generates ${entry.secret_file}, so the owner must place it; or was ${near} meant?`;
    if (near !== null) yield { path: ["secret_env", index, "secret_file"], message };
  }
}

function inOrder(warnings: readonly Warning[], folder: AppFolder | undefined): readonly Problem[] {
  const read = folder && readYaml(folder.manifestText, folder.manifestFile, CODE);
  const source = read?.ok ? read.value : undefined;
  const single = source && get(source.value, "container") !== undefined;
  return warnings
    .map(({ path, message }): Problem => {
      const written = single && path[1] === MAIN_CONTAINER ? ["container", ...path.slice(2)] : path;
      const at = source?.position(written, "value");
      return { code: CODE, message, path: formatPath(written), ...(at ? { at } : {}) };
    })
    .toSorted((a, b) => (a.at && b.at ? a.at.line - b.at.line || a.at.column - b.at.column : 0));
}
