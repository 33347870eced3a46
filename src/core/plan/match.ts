import type { DesiredApp, DesiredContainer } from "../desired/desired.ts";
import { diffApplied, diffEngine } from "../diff/diff-spec.ts";
import type { DiffEntry } from "../diff/diff.ts";
import type { AppMemory } from "../memory/memory.ts";
import { containerName, type OwnContainer } from "../observed/own-container.ts";
import { SPEC_HASH_VERSION } from "../spec/canonical.ts";
import { standingOf, type Standing } from "./standing.ts";

/** One desired container with what was found for it. */
export interface Slot {
  readonly desired: DesiredContainer;
  /** Made from exactly this spec. */
  readonly match: OwnContainer | null;
  /** Made by us from other specs: earlier generations. */
  readonly others: readonly OwnContainer[];
  readonly standing: Standing;
}

export interface Matching {
  /** In start order. */
  readonly slots: readonly Slot[];
  /** Carry our labels, but we did not make them as they stand: copies, renamed ones. */
  readonly impostors: readonly OwnContainer[];
  /** Ours, of a container that the app no longer has. */
  readonly leftovers: readonly OwnContainer[];
  /** The generation that containers made now will carry. */
  readonly nextGeneration: number;
}

/** Made by us, and as we made it. */
export const isGenuine = (found: OwnContainer): boolean => found.nameIsOurs && found.applied !== null;

/** The hash decides; one of another version is compared field by field, so that a new algorithm recreates nothing. */
export function isMade(desired: DesiredContainer, found: OwnContainer): boolean {
  if (found.hash === desired.hash) return true;
  return (
    !found.hash.startsWith(`${SPEC_HASH_VERSION}:`) &&
    found.applied !== null &&
    diffApplied(desired, found.applied).length === 0
  );
}

export function matchContainers(
  desired: readonly DesiredContainer[],
  own: readonly OwnContainer[],
  memory: AppMemory,
): Matching {
  const names = new Set(desired.map(({ name }) => name));
  const genuine = own.filter(isGenuine).toSorted((a, b) => b.generation - a.generation);
  const slots = desired.map((container): Slot => {
    const mine = genuine.filter((found) => found.container === container.name);
    const match = mine.find((found) => isMade(container, found)) ?? null;
    return {
      desired: container,
      match,
      others: mine.filter((found) => found !== match),
      standing: standingOf(container, match, memory),
    };
  });
  return {
    slots,
    impostors: own.filter((found) => !isGenuine(found)),
    leftovers: genuine.filter((found) => !names.has(found.container)),
    nextGeneration: Math.max(0, ...genuine.map(({ generation }) => generation)) + 1,
  };
}

/** What makes an impostor one, field by field. */
export function impostorDiff(found: OwnContainer, desired: DesiredContainer | undefined): readonly DiffEntry[] {
  const name = containerName(found.app, found.container, found.generation);
  const renamed: DiffEntry[] = found.nameIsOurs
    ? []
    : [{ path: "name", desired: name, observed: found.name, origin: "outside", impact: "recreate" }];
  const changed = desired && !found.applied ? diffEngine(desired.spec, found.detail) : [];
  const unsigned: DiffEntry[] = found.applied
    ? []
    : [{ path: "annotation", desired: "our last-applied spec", observed: null, origin: "outside", impact: "recreate" }];
  return [...renamed, ...unsigned, ...changed];
}

/** Why a container is made: what changed since the one before it, or that it is not there. */
export function creationDiff(
  slot: Slot,
  { accepted, record }: Pick<DesiredApp, "accepted" | "record">,
  name: string,
): readonly DiffEntry[] {
  const good = record.committed?.containers[slot.desired.name];
  const before = slot.others.find(({ hash }) => hash === good) ?? slot.others[0];
  if (before?.applied) return diffApplied(slot.desired, before.applied);
  const origin = accepted ? "outside" : "manifest";
  return [{ path: "container", desired: name, observed: null, origin, impact: "none" }];
}
