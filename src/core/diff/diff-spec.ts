import type { ContainerDetail } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { Inputs, LastApplied } from "../spec/last-applied.ts";
import type { DiffEntry, Impact, Origin } from "./diff.ts";
import type { EngineView, Field, FieldValues } from "./field.ts";
import { FIELDS } from "./fields.ts";

/** desired against last-applied: what the owner, the packager or the host changed. Origin by what went in. */
export function diffApplied(
  desired: { readonly spec: ContainerSpec; readonly inputs: Inputs },
  applied: LastApplied,
): readonly DiffEntry[] {
  return FIELDS.flatMap((field) =>
    compare(field, field.fromSpec(desired.spec), field.fromSpec(applied.spec), (path) =>
      originOf(path, desired.inputs, applied.inputs),
    ),
  );
}

/**
 * desired against the engine's word, of a container that carries our labels and no last-applied of ours. Nothing is known
 * of its image, and its rendered files are taken for ours.
 */
export function diffEngine(spec: ContainerSpec, detail: ContainerDetail): readonly DiffEntry[] {
  const view: EngineView = { detail, image: null, wantedImage: null, seal: null, places: new Map() };
  return diffTold(spec, view).filter(({ path }) => !path.startsWith("files."));
}

/** desired against a container that somebody else made: everything that is in effect another thing. */
export function diffForeign(spec: ContainerSpec, view: EngineView): readonly DiffEntry[] {
  return diffTold(spec, view);
}

function diffTold(spec: ContainerSpec, view: EngineView): readonly DiffEntry[] {
  return FIELDS.flatMap((field) => {
    if (!field.fromEngine) return [];
    const impact = field.engineImpact;
    return compare(
      field,
      field.fromSpec(spec),
      field.fromEngine(view, spec),
      () => ({ origin: "outside" }),
      impact && ((key) => impact(key, view, spec)),
    );
  });
}

type Attribution = Pick<DiffEntry, "origin" | "cause">;

function compare(
  field: Field,
  desired: FieldValues,
  found: FieldValues,
  attribute: (path: string) => Attribution,
  impactOf: (key: string) => Impact = () => field.impact,
): readonly DiffEntry[] {
  const keys = [...new Set([...Object.keys(desired), ...Object.keys(found)])].toSorted();
  return keys.flatMap((key) => {
    const want = desired[key] ?? null;
    const have = found[key] ?? null;
    if (want === have) return [];
    const path = key === "" ? field.name : `${field.name}.${key}`;
    return [{ path, desired: want, observed: have, impact: impactOf(key), ...attribute(path) }];
  });
}

/** The input of that field that moved; where none did, the manifest itself was edited. */
export function originOf(path: string, desired: Inputs, applied: Inputs): Attribution {
  const now = desired[path] ?? {};
  const before = applied[path] ?? {};
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before)])].toSorted() as Origin[];
  for (const origin of keys) {
    const to = now[origin];
    const from = before[origin];
    if (to === from) continue;
    if (to === undefined || from === undefined) {
      // An override appeared or went; any other new reference is an edit of the template.
      if (origin === "node") return { origin };
      continue;
    }
    return origin.startsWith("secret:") ? { origin } : { origin, cause: { from, to } };
  }
  return { origin: "manifest" };
}
