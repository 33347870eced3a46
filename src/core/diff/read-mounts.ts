import type { ObservedMount } from "../observed/observed.ts";
import type { ContainerSpec, MountSpec } from "../spec/container-spec.ts";
import type { Impact } from "./diff.ts";
import type { EngineView, FieldValues } from "./field.ts";

/** `/srv//data/` -> `/srv/data` */
export const plainPath = (path: string): string => path.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1");

export const mountText = ({ source, readOnly }: Pick<MountSpec, "source" | "readOnly">): string =>
  readOnly ? `${source} (read-only)` : source;

/** A mount of the container with the one that the spec has at the same target. */
export interface MountPair {
  readonly target: string;
  readonly wanted: MountSpec | null;
  readonly found: ObservedMount | null;
  /** Both lead to the same folder. */
  readonly same: boolean;
  /** What putting it right costs: `data-risk` where data would be left behind. */
  readonly impact: Impact;
}

/** Mounts side by side; without rendered files and without the volumes that only the image asks for. */
export function pairMounts(view: EngineView, spec: ContainerSpec): readonly MountPair[] {
  const { detail, image } = view;
  const found = new Map(detail.mounts.map((mount) => [plainPath(mount.target), mount]));
  const wanted = new Map(spec.mounts.map((mount) => [plainPath(mount.target), mount]));
  for (const { target } of spec.files) found.delete(plainPath(target));
  // We make containers without them: what lies there was never meant to outlive the container.
  const declared = new Set(image?.volumes.map(plainPath));
  for (const [target, mount] of found) {
    if (mount.kind === "anonymous" && declared.has(target) && !wanted.has(target)) found.delete(target);
  }
  const targets = [...new Set([...wanted.keys(), ...found.keys()])].toSorted();
  return targets.map((target) => pair(target, wanted.get(target) ?? null, found.get(target) ?? null, view));
}

function pair(target: string, wanted: MountSpec | null, found: ObservedMount | null, view: EngineView): MountPair {
  const there = found ? place(found.source, view) : null;
  const same = wanted !== null && there !== null && there === place(wanted.source, view);
  return { target, wanted, found, same, impact: impactOf() };

  function impactOf(): Impact {
    // The container's own layer goes with it: what was written there, where a folder should have been.
    if (!found) {
      const inLayer = wanted?.kind !== "shared" && wanted?.readOnly === false && !(target in view.detail.tmpfs);
      return inLayer ? "data-risk" : "recreate";
    }
    if (same || there === null) return "recreate";
    // What it can't write to, and what no manifest asks for, is no place of its data.
    return wanted === null && found.readOnly ? "recreate" : "data-risk";
  }
}

function place(path: string, { places }: EngineView): string | null {
  const plain = plainPath(path);
  const real = places.get(plain);
  return real === undefined ? plain : real;
}

export function readMounts(view: EngineView, spec: ContainerSpec): FieldValues {
  return Object.fromEntries(
    pairMounts(view, spec).flatMap(({ wanted, found, same }) => {
      if (!found) return [];
      if (wanted && same) return [[wanted.target, mountText({ source: wanted.source, readOnly: found.readOnly })]];
      return [[wanted?.target ?? found.target, foundText(found)]];
    }),
  );
}

export function mountImpact(key: string, view: EngineView, spec: ContainerSpec): Impact {
  return pairMounts(view, spec).find(({ target }) => target === plainPath(key))?.impact ?? "data-risk";
}

export function foundText(mount: ObservedMount): string {
  switch (mount.kind) {
    case "bind":
      return mountText(mount);
    case "volume":
      return mountText({ ...mount, source: `volume ${mount.name} at ${mount.source}` });
    case "anonymous":
      return mountText({ ...mount, source: `a volume without a name at ${mount.source}` });
    default:
      return mount.kind satisfies never;
  }
}

/** A file that is rendered by us can't be one that lies elsewhere, whatever it says today. */
export function readFiles({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  return Object.fromEntries(
    spec.files.flatMap(({ target }) => {
      const found = detail.mounts.find((mount) => plainPath(mount.target) === plainPath(target));
      return found ? [[target, `${foundText(found)}, not rendered by us`]] : [];
    }),
  );
}

/** What the engine adds to each tmpfs, and what it would be anyway. */
const USUAL = new Set(["rw", "rprivate", "nosuid", "nodev", "tmpcopyup", "mode=1777"]);

/** Comes with a read-only root: from us over the API, and from the command line by itself. */
const SCRATCH = new Set(["/run", "/tmp", "/var/tmp"]);

export function readTmpfs({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  return Object.fromEntries(
    Object.entries(detail.tmpfs).flatMap(([target, options]) => {
      const wanted = spec.tmpfs.find((tmpfs) => plainPath(tmpfs.target) === plainPath(target));
      if (!wanted) return detail.readOnly && SCRATCH.has(target) ? [] : [[target, tmpfsText(significant(options))]];
      const same = significant(options).join() === significant(wanted.options).join();
      return [[wanted.target, tmpfsText(same ? wanted.options : significant(options))]];
    }),
  );
}

export const tmpfsText = (options: readonly string[]): string => options.join(",") || "defaults";

const UNITS = "kmgt";

/** In one spelling and order: `size=64m` -> `size=67108864`, `mode=01777` -> nothing, for it is that anyway. */
function significant(options: readonly string[]): readonly string[] {
  return options
    .map((option) => {
      const size = /^(size|nr_blocks|nr_inodes)=(\d+)([kmgt])$/i.exec(option);
      if (size) return `${size[1]}=${Number(size[2]) * 1024 ** (UNITS.indexOf((size[3] ?? "").toLowerCase()) + 1)}`;
      return option.replace(/^mode=0+(?=\d)/, "mode=");
    })
    .filter((option) => !USUAL.has(option))
    .toSorted();
}
