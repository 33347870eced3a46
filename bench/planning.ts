/**
 * Row 7: planning 1,000 apps, pure, takes at most 100 ms, and grows linearly to 10,000. Needs no engine. Settled: all is
 * as it shall be, and the outcome is an empty plan. Fresh: nothing is there yet, and each app is fetched, made, started.
 */
import type { AppId } from "../src/core/ids.ts";
import { EMPTY_MEMORY, type AppMemory } from "../src/core/memory/memory.ts";
import { planNode, type World } from "../src/core/plan/plan-node.ts";
import { resolveNode, type ResolvedNode } from "../src/core/resolve/resolve-node.ts";
import { tell } from "./finding.ts";
import { committedRecords, freshWorld, nodeInput, settledWorld } from "./many-apps.ts";
import { showTime, spreadOf, type Spread } from "./measure.ts";

const HUNDRED = 100;
const THOUSAND = 1_000;
const HALF = 5_000;
const WHOLE = 10_000;
/** Not counted: the first runs are the compiler's. */
const WARM_UP = 3;
const REPETITIONS = 15;
const BUDGET_MS = 100;
/**
 * Twice the apps take twice as long, and some more for the heap; a square would be 4. Doubled, and not told from 1,000:
 * so few lie in the processor's caches.
 */
const DOUBLED = 2.6;

interface Case {
  readonly size: number;
  /** Settled, every app was committed as it stands. */
  readonly nodes: { readonly settled: ResolvedNode; readonly fresh: ResolvedNode };
  readonly memory: ReadonlyMap<AppId, AppMemory>;
  readonly worlds: { readonly settled: World; readonly fresh: World };
}
type Kind = keyof Case["worlds"];

const few = [caseOf(HUNDRED), caseOf(THOUSAND)];
for (const kind of ["settled", "fresh"] as const) {
  const thousand = spreadOfSize(interleaved(few, kind), THOUSAND);
  const what = `planning 1,000 apps, ${kind} world`;
  tell({ row: 7, what, value: thousand.median, unit: "ms", budget: { atMost: BUDGET_MS }, from: showTime(thousand) });
}
const many = [caseOf(HALF), caseOf(WHOLE)];
for (const kind of ["settled", "fresh"] as const) {
  const spreads = interleaved(many, kind);
  const [half, whole] = [spreadOfSize(spreads, HALF), spreadOfSize(spreads, WHOLE)];
  tell({
    row: 7,
    what: `planning 10,000 apps against 5,000, ${kind} world`,
    value: whole.median / half.median,
    unit: "x",
    budget: { atMost: DOUBLED },
    from: `${showTime(whole)} against ${showTime(half)}`,
  });
}

/** Resolving is told beside it and not judged: at a look where nothing has changed, it is not done. */
function caseOf(size: number): Case {
  const input = nodeInput(size);
  const began = performance.now();
  const node = resolveNode(input);
  const resolved = spreadOf([performance.now() - began]);
  const settled = resolveNode({ ...input, records: committedRecords(node) });
  const memory = new Map(node.desired.apps.map(({ id }) => [id, EMPTY_MEMORY]));
  const worlds = { settled: settledWorld(settled), fresh: freshWorld() };
  const made = { size, memory, nodes: { settled, fresh: node }, worlds };
  checkPlans(made);
  const heap = Math.round(process.memoryUsage().heapUsed / 1_000_000);
  console.log(`no budget: resolving ${size} apps ${showTime(resolved)}; heap with all of them ${heap} MB`);
  return made;
}

/** A figure for the wrong plan would be worth nothing. */
function checkPlans(made: Case): void {
  const { apps } = made.nodes.fresh.desired;
  const unresolved = apps.find(({ kind }) => kind !== "resolved");
  if (unresolved) throw new Error(`${unresolved.id} could not be resolved`);
  const idle = plan(made, "settled").plan.steps.length;
  if (idle !== 0) throw new Error(`the settled plan has ${idle} steps`);
  const created = plan(made, "fresh").plan.steps.filter(({ action }) => action.op === "create");
  if (created.length !== apps.length) throw new Error(`the fresh plan makes ${created.length} containers`);
}

/** In turn, so that all sizes meet the same heap and the same neighbours on the machine. */
function interleaved(cases: readonly Case[], kind: Kind): ReadonlyMap<number, Spread> {
  const times = new Map<number, number[]>(cases.map(({ size }) => [size, []]));
  for (let turn = 0; turn < WARM_UP + REPETITIONS; turn += 1) {
    for (const each of cases) {
      const began = performance.now();
      plan(each, kind);
      if (turn >= WARM_UP) times.get(each.size)?.push(performance.now() - began);
    }
  }
  return new Map([...times].map(([size, values]) => [size, spreadOf(values)]));
}

function plan({ nodes, worlds, memory }: Case, kind: Kind): ReturnType<typeof planNode> {
  return planNode(nodes[kind].desired, worlds[kind], memory);
}

function spreadOfSize(spreads: ReadonlyMap<number, Spread>, size: number): Spread {
  const spread = spreads.get(size);
  if (!spread) throw new Error(`${size} apps were not measured`);
  return spread;
}
