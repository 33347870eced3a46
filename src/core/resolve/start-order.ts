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
