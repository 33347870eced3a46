/**
 * Row 2: from "these are wanted" until every service answers on its published port, for 10 and 50 services. The floor is
 * the raw API; the others are what people use instead. All make the same: a network for each service, one container
 * on it, one published port; all on one Podman service, in turn, on an empty machine each time.
 */
import { untilAllAnswer } from "./answers.ts";
import { tell, type Finding } from "./finding.ts";
import { showTime, spreadOf, type Spread } from "./measure.ts";
import { rawRequests, startRaw } from "./raw-api.ts";
import {
  hasPodmanCompose,
  KUBE_PLAY,
  PLAIN_KUBE,
  PLAIN_RUN,
  PODMAN_COMPOSE,
  PODMAN_RUN,
  type Rival,
} from "./rivals.ts";
import { RunningDaemon } from "./running-daemon.ts";
import { services, type Service } from "./services.ts";
import { Stage } from "./stage.ts";

/**
 * How often each is run. What is slow at 50 is run seldom: it is many times behind, and up to a minute each time. `plain`:
 * those that have no budget.
 */
interface Round {
  readonly size: number;
  readonly floor: number;
  readonly rivals: number;
  readonly plain: number;
  readonly compose: number;
}
const ROUNDS: readonly Round[] = [
  { size: 10, floor: 7, rivals: 5, plain: 3, compose: 3 },
  { size: 50, floor: 5, rivals: 2, plain: 1, compose: 1 },
];

const RAW = "raw API, 4 at a time";
const OURS = "archipelago";
const SAVED = "archipelago, node.yml saved by an editor";

const BUDGETS: ReadonlyMap<string, Finding["budget"]> = new Map([
  [PODMAN_COMPOSE.name, { atLeast: 7 }],
  [KUBE_PLAY.name, { atLeast: 2 }],
  [PODMAN_RUN.name, { atLeast: 1.6 }],
]);

await using stage = await Stage.set();
const compose = await hasPodmanCompose();
if (!compose) console.log("podman-compose is not installed: it is left out");
for (const round of ROUNDS) await compare(round);

async function compare({ size, floor, rivals, plain, compose: composed }: Round): Promise<void> {
  console.log(`${size} services: ${floor} times each side, competitors ${rivals}, podman-compose ${composed}`);
  const apps = services(size);
  const requests = rawRequests(apps);
  const times = new Map<string, number[]>();
  const contend = async (name: string, often: number, turn: number, run: () => Promise<number>): Promise<void> => {
    if (turn >= often) return;
    times.set(name, [...(times.get(name) ?? []), await run()]);
    await stage.clear();
  };
  for (let turn = 0; turn < floor; turn += 1) {
    const first = contend.bind(null, RAW, floor, turn, () => answering(apps, () => startRaw(stage, requests)));
    const second = contend.bind(null, OURS, floor, turn, () => installing(apps));
    // Neither always goes first.
    for (const run of turn % 2 === 0 ? [first, second] : [second, first]) await run();
    await contend(SAVED, rivals, turn, () => saving(apps));
    for (const rival of [PODMAN_RUN, KUBE_PLAY]) {
      await contend(rival.name, rivals, turn, () => rivalling(rival, apps));
    }
    for (const rival of [PLAIN_RUN, PLAIN_KUBE]) {
      await contend(rival.name, plain, turn, () => rivalling(rival, apps));
    }
    if (compose) await contend(PODMAN_COMPOSE.name, composed, turn, () => rivalling(PODMAN_COMPOSE, apps));
  }
  report(size, new Map([...times].map(([name, values]) => [name, spreadOf(values)])));
}

/** The owner types `archipelago install`: one edit over the API, and the daemon looks at once. */
async function installing(apps: readonly Service[]): Promise<number> {
  await using daemon = await RunningDaemon.start(stage, apps);
  return await answering(apps, () => daemon.install(apps));
}

/** The owner edits node.yml by hand: seen by the watch, after the pause that lets several changes come together. */
async function saving(apps: readonly Service[]): Promise<number> {
  await using daemon = await RunningDaemon.start(stage, apps);
  return await answering(apps, () => daemon.want(apps));
}

async function rivalling(rival: Rival, apps: readonly Service[]): Promise<number> {
  return answering(apps, await rival.prepare(stage, apps));
}

/** ms from the beginning of `begin` until all ports answer. */
async function answering(apps: readonly Service[], begin: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  const [answeredAt] = await Promise.all([
    untilAllAnswer(apps.map(({ port }) => port)).then(() => performance.now()),
    begin(),
  ]);
  return answeredAt - began;
}

function report(size: number, spreads: ReadonlyMap<string, Spread>): void {
  const of = (name: string): Spread => spreads.get(name) ?? spreadOf([]);
  const ours = of(OURS);
  tell({
    row: 2,
    what: `cold converge of ${size} services against ${RAW}`,
    value: ours.median / of(RAW).median,
    unit: "x",
    budget: { atMost: 1.25 },
    from: `${showTime(ours)} against ${showTime(of(RAW))}`,
  });
  for (const [name, spread] of spreads) {
    const budget = BUDGETS.get(name);
    const value = spread.median / ours.median;
    if (budget) {
      const what = `cold converge of ${size} services: ${name} takes`;
      tell({ row: 2, what, value, unit: "x", budget, from: showTime(spread) });
    } else if (name !== RAW && name !== OURS) {
      console.log(`no budget: cold converge of ${size} services: ${name}: ${value.toFixed(2)} x; ${showTime(spread)}`);
    }
  }
}
