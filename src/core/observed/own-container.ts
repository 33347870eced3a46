import { FIELDS } from "../diff/fields.ts";
import type { ContainerId } from "../ids.ts";
import { containerAlias } from "../manifest/manifest.ts";
import type { Adoption } from "../record/app-record.ts";
import { SPEC_HASH_VERSION } from "../spec/canonical.ts";
import { LABEL, LAST_APPLIED_ANNOTATION } from "../spec/labels.ts";
import { decodeLastApplied, type LastApplied } from "../spec/last-applied.ts";
import type { ContainerDetail, ContainerSummary } from "./observed.ts";

/** A container that carries our owner label, as one look found it. */
export interface OwnContainer {
  readonly id: ContainerId;
  /** Its name in the engine. */
  readonly name: string;
  readonly app: string;
  readonly container: string;
  readonly generation: number;
  readonly version: string;
  readonly hash: string;
  /** null: its annotation is missing or does not match its label; then we did not make it as it stands. */
  readonly applied: LastApplied | null;
  /** It carries the name that we give to what its labels say. */
  readonly nameIsOurs: boolean;
  readonly summary: ContainerSummary;
  readonly detail: ContainerDetail;
  /** ms since the epoch, from inspect: the list counts whole seconds only (Podman 4.3). 0: it never started. */
  readonly startedAt: number;
  /** Names its present run: two starts within one second differ by pid alone in the list. */
  readonly run: string;
  /** The engine says running and the kernel agrees. */
  readonly alive: boolean;
  /** Its process is gone, and the engine will tell in a moment how it ended. */
  readonly ending: boolean;
  /** target -> what stands on the disk for each rendered file. */
  readonly files: ReadonlyMap<string, { readonly sha256: string | null; readonly mode: string | null }>;
  /** What it said last before it ended by itself; empty: nothing, or it runs. Secrets are taken out. */
  readonly lastLine: string;
  /** The live record of files that change under the running container; see live-record.ts. */
  readonly record: string | null;
}

export const containerName = (app: string, container: string, generation: number): string =>
  `${containerAlias(app, container)}.g${generation}`;

/** Reads labels and annotation. null where the labels are not ours or say nothing that could be ours. */
export function identify(
  detail: ContainerDetail,
): Pick<OwnContainer, "app" | "container" | "generation" | "version" | "hash" | "applied" | "nameIsOurs"> | null {
  const { labels } = detail;
  const app = labels[LABEL.app];
  const container = labels[LABEL.container];
  const generation = Number(labels[LABEL.generation]);
  if (app === undefined || container === undefined || !Number.isSafeInteger(generation) || generation < 1) return null;
  const hash = labels[LABEL.specHash] ?? "";
  return {
    app,
    container,
    generation,
    version: labels[LABEL.version] ?? "",
    hash,
    applied: believed(detail.annotations[LAST_APPLIED_ANNOTATION], labels[LABEL.specHash]),
    nameIsOurs: detail.name === containerName(app, container, generation),
  };
}

/** An adopted one carries no labels of ours: its record tells. It keeps the name that it had. */
export function identifyAdopted({
  app,
  adoption,
}: {
  readonly app: string;
  readonly adoption: Adoption;
}): NonNullable<ReturnType<typeof identify>> {
  const { container, generation, version, hash } = adoption;
  return { app, container, generation, version, hash, applied: believed(adoption.applied, hash), nameIsOurs: true };
}

/**
 * null where it can't be read field by field. No hash vouches for one of another version of the canonical form: a spec of
 * another shape, or one made by hand, would otherwise break every look.
 */
function believed(annotation: string | undefined, hash: string | undefined): LastApplied | null {
  const applied = decodeLastApplied(annotation, hash);
  if (hash?.startsWith(`${SPEC_HASH_VERSION}:`) === true) return applied;
  try {
    for (const field of FIELDS) if (applied) field.fromSpec(applied.spec);
    return applied;
  } catch {
    return null;
  }
}
