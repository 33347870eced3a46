import type { ContainerManifest } from "../manifest/container-schema.ts";
import type { ContainerShape } from "../desired/desired.ts";
import type { Manifest } from "../manifest/manifest.ts";

/** An app's containers, each after those that it starts after. */
export function containersInOrder({ containers }: Manifest): readonly (readonly [string, ContainerManifest])[] {
  const needs = new Map(Object.entries(containers).map(([name, container]) => [name, container.start_after]));
  return startOrder(needs).order.flatMap((name) => {
    const container = containers[name];
    return container ? [[name, container] as const] : [];
  });
}

/** What a manifest says of its containers beside their specs, in start order. */
export function shapesOf(manifest: Manifest): readonly ContainerShape[] {
  return containersInOrder(manifest).map(([name, { one_shot: oneShot, start_after: startAfter, health }]) => ({
    name,
    oneShot,
    startAfter,
    health,
  }));
}

/** Orders names so that each comes after those it needs; ties by name. `cycle` holds one where there is one. */
export function startOrder(needs: ReadonlyMap<string, readonly string[]>): {
  readonly order: readonly string[];
  readonly cycle: readonly string[] | null;
} {
  const order: string[] = [];
  const done = new Set<string>();
  let cycle: readonly string[] | null = null;
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    const from = path.indexOf(name);
    if (from >= 0) {
      cycle ??= [...path.slice(from), name];
      return;
    }
    for (const need of (needs.get(name) ?? []).toSorted()) if (needs.has(need)) visit(need, [...path, name]);
    if (!done.has(name)) {
      done.add(name);
      order.push(name);
    }
  };
  for (const name of [...needs.keys()].toSorted()) visit(name, []);
  return { order, cycle };
}
