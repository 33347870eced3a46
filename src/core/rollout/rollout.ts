import type { ContainerShape, DesiredApp, DesiredContainer, DesiredEntry } from "../desired/desired.ts";
import type { OwnContainer } from "../observed/own-container.ts";
import { isGenuine } from "../plan/match.ts";
import type { AppRecord, Quarantine } from "../record/app-record.ts";
import { sha256 } from "../spec/digest.ts";
import { networksOf } from "../resolve/resolve-app.ts";

/**
 * How one app's change of generations stands. `good`: the set of specs that last did its work, as an app that is wanted.
 * `settled`: what is wanted is what was committed, or there is nothing to go back to.
 */
export type Rollout =
  | { readonly kind: "settled" }
  | { readonly kind: "under-way"; readonly good: DesiredApp }
  | { readonly kind: "rolled-back"; readonly good: DesiredApp; readonly quarantine: Quarantine };

/** Container -> spec hash. */
type HashSet = Readonly<Record<string, string>>;

export function hashesOf(containers: readonly Pick<DesiredContainer, "name" | "hash">[]): HashSet {
  return Object.fromEntries(containers.map(({ name, hash }) => [name, hash]));
}

/**
 * What was tried, as a quarantine remembers it: the specs, and how the containers are ordered and judged. A mended probe
 * makes no other container, and is another trial.
 */
export function trialOf(
  containers: readonly Pick<DesiredContainer, "name" | "hash" | "oneShot" | "startAfter" | "health">[],
): HashSet {
  return Object.fromEntries(
    containers.map(({ name, hash, oneShot, startAfter, health }) => [
      name,
      `${hash} ${sha256(JSON.stringify([oneShot, startAfter, health])).slice(0, 12)}`,
    ]),
  );
}

export function isSameSet(a: HashSet, b: HashSet): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Level-triggered, from what stands on the disk and in the engine: a daemon that was killed in the middle goes on. */
export function rolloutOf(entry: DesiredApp, own: readonly OwnContainer[]): Rollout {
  const { committed } = entry.record;
  if (committed && isSameSet(committed.containers, hashesOf(entry.containers))) return { kind: "settled" };
  const good = lastGood(entry, own);
  if (!good) return { kind: "settled" };
  const quarantine = quarantineOf(entry);
  return quarantine ? { kind: "rolled-back", good, quarantine } : { kind: "under-way", good };
}

/** Apps as they are tried at this moment: the last good generation in place of a wanted one that has failed. */
export function effectiveEntries(
  entries: readonly DesiredEntry[],
  ownByApp: ReadonlyMap<string, readonly OwnContainer[]>,
): readonly DesiredEntry[] {
  return entries.map((entry) => {
    if (entry.kind !== "resolved") return entry;
    const rollout = rolloutOf(entry, ownByApp.get(entry.id) ?? []);
    return rollout.kind === "rolled-back" ? rollout.good : entry;
  });
}

/** It holds for exactly what was tried, until a person says retry. */
export function quarantineOf({
  record,
  retriedAt,
  containers,
}: {
  readonly record: AppRecord;
  readonly retriedAt: number;
  readonly containers: Parameters<typeof trialOf>[0];
}): Quarantine | null {
  const { quarantine } = record;
  if (!quarantine || quarantine.at < retriedAt) return null;
  return isSameSet(quarantine.containers, trialOf(containers)) ? quarantine : null;
}

/** null: nothing was ever committed, or a part of it is gone for good. */
function lastGood(entry: DesiredApp, own: readonly OwnContainer[]): DesiredApp | null {
  const genuine = own.filter(isGenuine);
  const hashes = entry.record.committed?.containers ?? (entry.accepted ? newestBefore(entry, genuine) : {});
  const names = Object.keys(hashes);
  const containers: DesiredContainer[] = [];
  for (const name of inOrder(names, entry)) {
    const wanted = entry.containers.find((container) => container.name === name);
    if (wanted && wanted.hash === hashes[name]) {
      containers.push(wanted);
      continue;
    }
    const found = genuine.find((each) => each.container === name && each.hash === hashes[name]);
    const shape = entry.before.find((each) => each.name === name) ?? wanted;
    const made = found && asMade(found, shape);
    if (made) containers.push(made);
    // One that has run to its end has done all it had to do: "podman system prune" removes such ones.
    else if (!shape?.oneShot) return null;
  }
  if (containers.length === 0 || isSameSet(hashesOf(containers), hashesOf(entry.containers))) return null;
  const versions = genuine.filter(({ container, hash }) => hashes[container] === hash).map(({ version }) => version);
  const version = entry.record.committed?.version ?? versions[0] ?? entry.version;
  const { committed } = entry.record;
  const record = { ...entry.record, committed: committed && { ...committed, containers: hashesOf(containers) } };
  return { ...entry, version, record, containers, networks: networksOf(containers), acceptDue: false };
}

/** The record is lost, the accepted copy is not: what runs, else the newest before what is wanted. */
function newestBefore(entry: DesiredApp, genuine: readonly OwnContainer[]): HashSet {
  const wanted = hashesOf(entry.containers);
  const newest = new Map<string, string>();
  const rank = ({ alive, generation }: OwnContainer): number => (alive ? 1e9 : 0) + generation;
  for (const found of genuine.toSorted((a, b) => rank(a) - rank(b)))
    if (wanted[found.container] !== found.hash || !newest.has(found.container)) newest.set(found.container, found.hash);
  return Object.fromEntries(newest);
}

/** As the accepted manifest starts them; what it does not know comes last. */
function inOrder(names: readonly string[], { before, containers }: DesiredApp): readonly string[] {
  const order = (before.length > 0 ? before : containers).map(({ name }) => name);
  const place = (name: string): number => order.indexOf(name) + 1 || order.length + 1;
  return names.toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** From its own annotation. Its files count as they are: what they were made from may be gone. */
function asMade(found: OwnContainer, shape: ContainerShape | undefined): DesiredContainer | null {
  if (!found.applied) return null;
  const { spec, inputs } = found.applied;
  return {
    name: found.container,
    spec,
    inputs,
    hash: found.hash,
    oneShot: shape?.oneShot ?? false,
    startAfter: shape?.startAfter ?? [],
    health: shape?.health ?? {},
    fileSums: Object.fromEntries([...found.files].map(([target, disk]) => [target, disk.sha256 ?? ""])),
  };
}
