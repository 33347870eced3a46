/**
 * Row 7: planning 1,000 apps, pure, takes at most 100 ms, and grows linearly to 10,000. Needs no engine. Settled: all is
 * as it shall be, and the outcome is an empty plan. Fresh: nothing is there yet, and each app is fetched, made, started.
 */
import type { AppId } from "../src/core/ids.ts";
import { EMPTY_MEMORY, type AppMemory } from "../src/core/memory/memory.ts";
import { planNode, type World } from "../src/core/plan/plan-node.ts";
import { resolveNode, type ResolvedNode } from "../src/core/resolve/resolve-node.ts";
import { tell } from "./finding.ts";
import { freshWorld, nodeInput, settledWorld } from "./many-apps.ts";
import { showTime, spreadOf, type Spread } from "./measure.ts";

const SIZES = [100, 1_000, 10_000] as const;
/** Not counted: the first runs are the compiler's. */
const WARM_UP = 3;
/** At least five times, and on until a second has passed. */
const REPETITIONS = 5;
const ENOUGH_MS = 1_000;
const BUDGET_MS = 100;
/** Ten times the apps may take ten times as long, and half as much again for a fuller heap. */
const LINEAR = 15;

interface Times {
  readonly resolve: Spread;
  readonly settled: Spread;
  readonly fresh: Spread;
}

const bySize = new Map(SIZES.map((size) => [size, measureSize(size)]));
const thousand = timesOf(1_000);
const tenThousand = timesOf(10_000);
for (const kind of ["settled", "fresh"] as const) {
  tell({
    row: 7,
    what: `planning 1,000 apps, ${kind} world`,
    value: thousand[kind].median,
    unit: "ms",
    budget: { atMost: BUDGET_MS },
    from: showTime(thousand[kind]),
  });
  tell({
    row: 7,
    what: `planning 10,000 apps against 1,000, ${kind} world`,
    value: tenThousand[kind].median / thousand[kind].median,
    unit: "x",
    budget: { atMost: LINEAR },
    from: `${showTime(tenThousand[kind])} against ${showTime(thousand[kind])}`,
  });
}
console.log(
  `without a budget: resolving 1,000 apps ${showTime(thousand.resolve)}, 10,000 ${showTime(tenThousand.resolve)}`,
);

function timesOf(size: (typeof SIZES)[number]): Times {
  const times = bySize.get(size);
  if (!times) throw new Error(`${size} apps were not measured`);
  return times;
}

function measureSize(size: number): Times {
  const input = nodeInput(size);
  const node = resolveNode(input);
  const memory = new Map(node.desired.apps.map(({ id }) => [id, EMPTY_MEMORY]));
  const settled = settledWorld(node);
  const fresh = freshWorld();
  checkPlans(node, settled, fresh, memory);
  const times: Times = {
    resolve: repeat(() => resolveNode(input)),
    settled: repeat(() => planNode(node.desired, settled, memory)),
    fresh: repeat(() => planNode(node.desired, fresh, memory)),
  };
  const heap = Math.round(process.memoryUsage().heapUsed / 1_000_000);
  console.log(
    `${size} apps: plan settled ${showTime(times.settled)}, fresh ${showTime(times.fresh)}, resolve ${showTime(times.resolve)}, heap ${heap} MB`,
  );
  return times;
}

/** A figure for the wrong plan would be worth nothing. */
function checkPlans(node: ResolvedNode, settled: World, fresh: World, memory: ReadonlyMap<AppId, AppMemory>): void {
  const unresolved = node.desired.apps.find(({ kind }) => kind !== "resolved");
  if (unresolved) throw new Error(`${unresolved.id} could not be resolved`);
  const idle = planNode(node.desired, settled, memory).plan.steps.length;
  if (idle !== 0) throw new Error(`the settled plan has ${idle} steps`);
  const created = planNode(node.desired, fresh, memory).plan.steps.filter(({ action }) => action.op === "create");
  if (created.length !== node.desired.apps.length) throw new Error(`the fresh plan makes ${created.length} containers`);
}

function repeat(work: () => unknown): Spread {
  const times: number[] = [];
  for (let spent = 0; times.length < WARM_UP + REPETITIONS || spent < ENOUGH_MS; spent += times.at(-1) ?? 0) {
    const began = performance.now();
    work();
    times.push(performance.now() - began);
  }
  return spreadOf(times.slice(WARM_UP));
}
