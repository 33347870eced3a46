import type { ContainerSpec } from "./container-spec.ts";
import { sha256 } from "./digest.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * The version of the canonical form. A container whose label carries another version is compared by its last-applied
 * spec instead of by hash: a changed algorithm never recreates anything.
 */
export const SPEC_HASH_VERSION = "v1";

/**
 * Sorted keys; what is empty, false or absent is left out. A field added later with an empty default therefore leaves
 * every hash as it was.
 */
function sparse(value: unknown): Json | undefined {
  if (value === undefined || value === null || value === false || value === "") return undefined;
  if (typeof value === "string" || typeof value === "number" || value === true) return value;
  if (Array.isArray(value)) {
    // Inside a list an empty element has a position and so a meaning.
    return value.length === 0 ? undefined : value.map((element: unknown) => sparse(element) ?? null);
  }
  if (typeof value !== "object") return undefined;
  const entries = Object.entries(value)
    .map(([key, member]) => [key, sparse(member)] as const)
    .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Map-like records keep empty texts: `env: { A: "" }` sets A. */
function keepEmpty(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The bytes that are hashed. What does not change the container itself (where the context lies) is not in it. */
export function canonicalSpec(spec: ContainerSpec): string {
  const { build, files, env, labels, ...rest } = spec;
  return JSON.stringify(
    sparse({
      ...rest,
      env: keepEmpty(env),
      labels: keepEmpty(labels),
      build: build && { digest: build.digest, containerfile: build.containerfile, args: keepEmpty(build.args) },
      capAdd: spec.capAdd.toSorted(),
      capDrop: spec.capDrop.toSorted(),
      ports: spec.ports.toSorted((a, b) => a.host - b.host || (a.protocol < b.protocol ? -1 : 1)),
      mounts: spec.mounts.toSorted((a, b) => (a.target < b.target ? -1 : 1)),
      // A file that is followed by a signal changes under the running container: its content is not part of it.
      files: files
        .toSorted((a, b) => (a.target < b.target ? -1 : 1))
        .map((file) => (file.onChange === "restart" ? file : { ...file, digest: "live" })),
    }) ?? {},
  );
}

/** `v1:` and the hex sha256 of the canonical form. Golden values are frozen in canonical.test.ts. */
export function specHash(spec: ContainerSpec): string {
  return `${SPEC_HASH_VERSION}:${sha256(canonicalSpec(spec))}`;
}
