import { LABEL } from "../../src/core/spec/labels.ts";
import type { SimulatedEngine } from "../../src/testkit/simulated-engine.ts";

/** Two containers of one app's container whose processes live at the same moment: two programs on one data directory. */
export function twinsOf(engine: SimulatedEngine): readonly string[] {
  const alive = engine.containers().filter(({ pid, id }) => engine.processes.alive(pid, id));
  // Copies that people make by hand carry other names and are none of our doing.
  const ours = alive.filter(({ name, labels }) => labels[LABEL.app] !== undefined && /\.g\d+$/.test(name));
  return [...Map.groupBy(ours, ({ labels }) => `${labels[LABEL.app]}/${labels[LABEL.container]}`).values()]
    .filter((rows) => rows.length > 1)
    .map((rows) => rows.map(({ name }) => name).join(" and "));
}
