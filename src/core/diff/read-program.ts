import type { ObservedImage } from "../observed/image.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import { isRoot } from "./capabilities.ts";
import { list, one, sameList, type EngineView, type FieldValues } from "./field.ts";
import { masked } from "./masked.ts";

/** The spec's reference where the container runs that very image, whatever tag it was made by. */
export function readImage(view: EngineView, spec: ContainerSpec): FieldValues {
  const { image, imageId } = view.detail;
  const same = sameImage(view, spec.image);
  if (same ?? image === spec.image) return one(spec.image);
  return one(image === spec.image ? `${image} as it was before (${imageId.slice(0, 12)})` : image);
}

/** null: nothing but the references is known. A digest tells without the image being here under the spec's name. */
export function sameImage(view: Pick<EngineView, "detail" | "image" | "wantedImage">, wanted: string): boolean | null {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(wanted)?.[1];
  if (digest !== undefined && view.image?.digests.some((known) => known.endsWith(digest))) return true;
  return view.wantedImage === null ? null : view.wantedImage.id === view.detail.imageId;
}

/** Entrypoint and arguments are one command line to the kernel: it does not matter where one ends. */
function commandLine(view: EngineView, spec: ContainerSpec) {
  const entrypoint = spec.entrypoint ?? view.image?.entrypoint ?? null;
  const own = spec.args.length > 0 || spec.entrypoint !== undefined;
  const command = own ? spec.args : (view.image?.command ?? null);
  const { detail } = view;
  const same =
    entrypoint !== null &&
    command !== null &&
    sameList([...entrypoint, ...command], [...detail.entrypoint, ...detail.command]);
  return { entrypoint, command, same };
}

export function readEntrypoint(view: EngineView, spec: ContainerSpec): FieldValues {
  const { entrypoint, same } = commandLine(view, spec);
  const found = view.detail.entrypoint;
  if (same || entrypoint === null || sameList(entrypoint, found)) return list(spec.entrypoint);
  return list(masked(found, knownWords(spec, view.image)));
}

export function readArgs(view: EngineView, spec: ContainerSpec): FieldValues {
  const { command, same } = commandLine(view, spec);
  const found = view.detail.command;
  if (same || command === null || sameList(command, found)) return list(spec.args);
  // Something differs, and the empty list would read as if nothing was asked for.
  return found.length === 0 ? { "": "[]" } : list(masked(found, knownWords(spec, view.image)));
}

function knownWords(spec: ContainerSpec, image: ObservedImage | null): readonly string[] {
  return [...(spec.entrypoint ?? []), ...spec.args, ...(image?.entrypoint ?? []), ...(image?.command ?? [])];
}

export function readUser({ detail, image }: EngineView, spec: ContainerSpec): FieldValues {
  const wanted = spec.user ?? image?.user ?? null;
  const same = wanted === null || wanted === detail.user || (isRoot(wanted) && isRoot(detail.user));
  return one(same ? spec.user : detail.user || "root");
}

/** By itself the engine names a container by its id; one on the host's network has the host's name. */
export function readHostname({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  const byItself = detail.hostname === detail.id.slice(0, 12) || detail.networkMode === "host";
  return spec.hostname === undefined && byItself ? {} : one(detail.hostname);
}

export function readWorkingDir({ detail, image }: EngineView): FieldValues {
  if (image === null) return {};
  const plain = (path: string): string => path.replace(/(.)\/+$/, "$1") || "/";
  return plain(image.workingDir) === plain(detail.workingDir) ? {} : one(detail.workingDir);
}

/** `sh -c` is what the engine makes of a check in one text. */
export function readHealth({ detail: { health }, image }: EngineView, spec: ContainerSpec): FieldValues {
  if (!spec.healthCommand) return {};
  const [kind, ...rest] = health.test;
  if (kind === undefined || kind === "NONE") return {};
  const found = kind === "CMD" ? rest : kind === "CMD-SHELL" ? ["/bin/sh", "-c", rest.join(" ")] : [kind, ...rest];
  const { command, timeout } = spec.healthCommand;
  const same = sameList(command, found) || (kind === "CMD-SHELL" && sameList(command, ["sh", ...found.slice(1)]));
  return {
    command: JSON.stringify(same ? command : masked(found, [...command, ...knownWords(spec, image)])),
    // We end a check at our own time: the engine's must only not be shorter.
    timeout: `${health.timeout >= timeout ? timeout : health.timeout} ms`,
  };
}
