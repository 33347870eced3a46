import { didYouMean } from "../../nearest-name.ts";
import { findCycles } from "../find-cycles.ts";
import { items } from "../raw-value.ts";
import { text, type Rule } from "./rule.ts";

/** Containers start after containers that are there, and not in a circle. */
export const startAfter: Rule = ({ containers, problems }) => {
  const names = containers.map(({ name }) => name);
  const edges = new Map<string, readonly string[]>();
  for (const { name, path, raw } of containers) {
    const after: string[] = [];
    for (const [index, value] of items(raw.start_after)) {
      const other = text(value);
      if (other === undefined) continue;
      if (names.includes(other)) after.push(other);
      else problems.value([...path, "start_after", index], `unknown container "${other}"${didYouMean(other, names)}`);
    }
    edges.set(name, after);
  }
  for (const cycle of findCycles(edges)) {
    const path = containers.find(({ name }) => name === cycle[0])?.path ?? [];
    problems.value([...path, "start_after"], `containers wait for each other in a circle: ${cycle.join(" -> ")}`);
  }
};
