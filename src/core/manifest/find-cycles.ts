/**
 * The circles in a graph of names, each as the way round: `["a", "b", "a"]`. Names that are not keys lead nowhere.
 * A circle is told once, from the name that comes first in the map. Linear; no recursion, so any depth will do.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const way: { readonly name: string; readonly next: Iterator<string, undefined> }[] = [];
    const onWay = new Set<string>();
    const enter = (name: string): void => {
      way.push({ name, next: (edges.get(name) ?? [])[Symbol.iterator]() });
      onWay.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let last = way.at(-1); last; last = way.at(-1)) {
      const step = last.next.next();
      if (step.done === true) {
        way.pop();
        onWay.delete(last.name);
        done.add(last.name);
      } else if (onWay.has(step.value)) {
        const names = way.map(({ name }) => name);
        cycles.push([...names.slice(names.indexOf(step.value)), step.value]);
      } else if (!done.has(step.value) && edges.has(step.value)) enter(step.value);
    }
  }
  return cycles;
}
