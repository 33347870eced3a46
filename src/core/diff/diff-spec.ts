import type { ContainerDetail } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { Inputs, LastApplied } from "../spec/last-applied.ts";
import type { DiffEntry, Origin } from "./diff.ts";
import { FIELDS, type Field, type FieldValues } from "./fields.ts";

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

/** desired against the engine's word: for a container that carries no last-applied of ours. */
export function diffEngine(spec: ContainerSpec, detail: ContainerDetail): readonly DiffEntry[] {
  return FIELDS.flatMap((field) =>
    field.fromEngine
      ? compare(field, engineComparable(field, spec), field.fromEngine(detail, spec), () => ({ origin: "outside" }))
      : [],
  );
}

/** A secret's HMAC has no counterpart in what the engine says, so it is left out of that comparison. */
function engineComparable(field: Field, spec: ContainerSpec): FieldValues {
  return field.fromSpec(field.name === "env" ? { ...spec, secretEnv: {} } : spec);
}

type Attribution = Pick<DiffEntry, "origin" | "cause">;

function compare(
  field: Field,
  desired: FieldValues,
  found: FieldValues,
  attribute: (path: string) => Attribution,
): readonly DiffEntry[] {
  const keys = [...new Set([...Object.keys(desired), ...Object.keys(found)])].toSorted();
  return keys.flatMap((key) => {
    const want = desired[key] ?? null;
    const have = found[key] ?? null;
    if (want === have) return [];
    const path = key === "" ? field.name : `${field.name}.${key}`;
    return [{ path, desired: want, observed: have, impact: field.impact, ...attribute(path) }];
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
