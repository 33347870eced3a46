/**
 * Row 1: a look at 10 and 100 running containers where nothing has changed: one list and no other request, and the
 * daemon's own work on top of the engine's list time at most a quarter of it. The daemon's own ports and loop, in this
 * process, so that one look can be told from another. Reading the list's answer counts as the daemon's work too.
 */
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { homeLayout } from "../src/adapters/home/home-layout.ts";
import { prepareHome } from "../src/adapters/home/prepare-home.ts";
import { asList } from "../src/adapters/podman/json-read.ts";
import { observeRow } from "../src/adapters/podman/observe-list.ts";
import { openState } from "../src/adapters/sqlite/state-store.ts";
import { assemble } from "../src/daemon/assemble.ts";
import { Reconciler } from "../src/engine/reconciler.ts";
import type { ContainerEngine } from "../src/ports/engine.ts";
import type { Log } from "../src/ports/log.ts";
import { tell } from "./finding.ts";
import { showTime, spreadOf, timed } from "./measure.ts";
import { services, wanting, writeCatalogue } from "./services.ts";
import { Stage } from "./stage.ts";

const LIST = { operation: "look", query: { all: true }, deadline: 30_000 } as const;
const SIZES = [10, 100] as const;
const WARM_UP = 20;
const REPETITIONS = 101;

await using stage = await Stage.set();
for (const size of SIZES) await measure(size);

async function measure(size: number): Promise<void> {
  const home = await stage.subfolder("home");
  const catalogue = await stage.subfolder("apps");
  const apps = services(size);
  await writeCatalogue(catalogue, apps);
  const layout = homeLayout(home);
  await prepareHome(layout);
  await writeFile(layout.nodeFile, wanting(apps));
  const requests: string[] = [];
  await using stack = new AsyncDisposableStack();
  const history = stack.use(openState(layout.database)).history;
  const options = { home, apps: catalogue, socket: stage.service.socket, listen: null };
  const { by } = assemble(options, layout, { history, log: listening(requests), nodeId: "bench" }, stack);
  const reconciler = stack.use(new Reconciler(by));
  const life = new AbortController();
  const running = reconciler.run(life.signal);
  await settle(reconciler);

  const inner = timedList(by.engine);
  const lists: number[] = [];
  const ours: number[] = [];
  for (let turn = 0; turn < WARM_UP + REPETITIONS; turn += 1) {
    const began = performance.now();
    const { text } = await stage.client.call("GET", "/containers/json", LIST);
    const list = performance.now() - began;
    requests.length = 0;
    const look = await timed(() => reconciler.look());
    expectOneList(requests);
    const read = await timed(() => asList(JSON.parse(text)).map(observeRow));
    if (turn < WARM_UP) continue;
    lists.push(list);
    ours.push(look - inner.ms + read);
  }
  life.abort();
  await running;
  await stage.clear();

  const [listed, work] = [spreadOf(lists), spreadOf(ours)];
  tell({
    row: 1,
    what: `look at ${size} containers, nothing changed: the daemon's work against the engine's list`,
    value: work.median / listed.median,
    unit: "x",
    budget: { atMost: 0.25 },
    from: `${showTime(work)} on top of ${showTime(listed)}; one list, no inspect`,
  });
}

/**
 * Takes the time of the engine's list inside of a look. The rest is the daemon's own; a difference of two whole times
 * would drown in the spread of the engine's.
 */
function timedList(engine: ContainerEngine): { readonly ms: number } {
  const last = { ms: 0 };
  const list = engine.list.bind(engine);
  engine.list = async (signal) => {
    const began = performance.now();
    const rows = await list(signal);
    last.ms = performance.now() - began;
    return rows;
  };
  return last;
}

/** Until all apps are up and accepted, and looks find nothing to do. */
async function settle(reconciler: Reconciler): Promise<void> {
  reconciler.poke("now");
  for (;;) {
    await pause(200);
    const { outlook } = await reconciler.look();
    const busy = [...outlook.apps.keys()].some((app) => reconciler.isBusy(app));
    if (!busy && outlook.plan.steps.length === 0 && outlook.plan.holds.length === 0) return;
    reconciler.poke("now");
  }
}

function expectOneList(requests: readonly string[]): void {
  if (requests.length !== 1 || requests[0] !== "GET /containers/json") {
    throw new Error(`a look where nothing has changed asked for ${requests.join(", ")}`);
  }
}

/** Takes note of the requests that the daemon logs, and of nothing else. */
function listening(requests: string[]): Log {
  const debug = (fields: object): void => {
    if ("method" in fields && "path" in fields) requests.push(`${String(fields.method)} ${String(fields.path)}`);
  };
  const warn = (_fields: object, message: string): void => console.log(message);
  return { debug, info: () => undefined, warn, error: warn };
}
