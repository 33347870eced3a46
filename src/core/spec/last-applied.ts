import type { Origin } from "../diff/diff.ts";
import type { ContainerSpec } from "./container-spec.ts";
import { SPEC_HASH_VERSION, specHash } from "./canonical.ts";

/**
 * What each field of a spec was made from: field path -> origin -> the value at that moment (a secret's HMAC).
 * Not part of the hash: it lets a later look say "because host_ip changed from A to B".
 */
export type Inputs = Readonly<Record<string, Readonly<Partial<Record<Origin, string>>>>>;

/** What a container was made from. Rides in its annotation, so that it outlives every file of ours. */
export interface LastApplied {
  readonly spec: ContainerSpec;
  readonly inputs: Inputs;
}

export function encodeLastApplied(applied: LastApplied): string {
  const { spec, inputs } = applied;
  return JSON.stringify({ spec, inputs });
}

/**
 * Reads the annotation back. null where it is missing, unreadable or not what the label's hash says: then the
 * container was not made by us as it stands. A hash of another version can't be recomputed and is taken on trust.
 */
export function decodeLastApplied(annotation: string | undefined, hashLabel: string | undefined): LastApplied | null {
  if (annotation === undefined || hashLabel === undefined) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(annotation);
  } catch {
    return null;
  }
  if (!isLastApplied(parsed)) return null;
  try {
    const sameVersion = hashLabel.startsWith(`${SPEC_HASH_VERSION}:`);
    return !sameVersion || specHash(parsed.spec) === hashLabel ? parsed : null;
  } catch {
    return null;
  }
}

/** Only the outer shape: the hash vouches for the rest. */
function isLastApplied(value: unknown): value is LastApplied {
  if (typeof value !== "object" || value === null) return false;
  const { spec, inputs } = value as { readonly spec?: unknown; readonly inputs?: unknown };
  return typeof spec === "object" && spec !== null && typeof inputs === "object" && inputs !== null;
}
