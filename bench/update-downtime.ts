/**
 * Row 5: how long an app does not serve while it is updated: another value of an environment variable, the same image,
 * everything at its default. Against the least that can be done over the same API by hand: create the new one, stop the
 * old, start the new. Each is run in turn, on one machine, with everybody's container up all the time.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { untilAllAnswer } from "./answers.ts";
import { tell, type Finding } from "./finding.ts";
import { showTime, spreadOf } from "./measure.ts";
import { outage } from "./outage.ts";
import { rawRequests, startRaw } from "./raw-api.ts";
import { RunningDaemon } from "./running-daemon.ts";
import { changing } from "./services.ts";
import { IMAGE, podman, Stage } from "./stage.ts";

const ROUNDS = 7;
const DEADLINE = 120_000;
/** ms. What the change before left to be done is done by then. */
const REST = 1_000;
const POLL = 100;

const UPDATED = "archipelago update";
const EDITED = "a setting in node.yml, saved by an editor";
const RAW = "raw API: create, stop, start";
const BY_HAND = "podman stop, rm and run";

const FIRST_PORT = 20_000;
const [updated, edited, raw, byHand] = ["updated", "edited", "raw", "by-hand"].map((id, index) => ({
  id,
  port: FIRST_PORT + index,
})) as [Place, Place, Place, Place];

interface Place {
  readonly id: string;
  readonly port: number;
}

await using stage = await Stage.set();
const times = new Map<string, number[]>([UPDATED, EDITED, RAW, BY_HAND].map((name) => [name, []]));
await measure();
report();

async function measure(): Promise<void> {
  const ours = [updated, edited].map((place) => changing(place, 0));
  await using daemon = await RunningDaemon.start(stage, ours);
  await daemon.install(ours);
  await startRaw(stage, rawRequests([changing(raw, 0)]));
  await runByHand(0);
  await daemon.settled(ours);
  await untilAllAnswer([updated, edited, raw, byHand].map(({ port }) => port));
  for (let round = 1; round <= ROUNDS; round += 1) {
    const turns: readonly (readonly [string, Place, () => Promise<unknown>])[] = [
      [UPDATED, updated, () => update(daemon, round)],
      [RAW, raw, await rawChange(round)],
      [EDITED, edited, () => editSetting(daemon, round)],
      [BY_HAND, byHand, () => replaceByHand(round)],
    ];
    for (const [name, { port }, work] of round % 2 === 0 ? turns : turns.toReversed()) {
      await pause(REST);
      times.get(name)?.push(await outage(port, work));
    }
    await podman("rm", `${raw.id}.g${round}`);
    // The update after this one is measured from a generation that is kept for good.
    await untilKept([updated, edited], round + 1);
  }
}

async function update(daemon: RunningDaemon, round: number): Promise<void> {
  await daemon.publish([changing(updated, round)]);
  await daemon.api.edit({ kind: "update", apps: [updated.id] });
}

async function editSetting({ home }: RunningDaemon, round: number): Promise<void> {
  const file = path.join(home, "node.yml");
  const node = parse(await readFile(file, "utf8")) as { apps: Record<string, object> };
  node.apps[edited.id] = { ...node.apps[edited.id], settings: { round: `r${round}` } };
  await writeFile(`${file}.new`, stringify(node));
  await rename(`${file}.new`, file);
}

/** The next generation is made before anything is stopped, as the daemon does it; only the network is there already. */
async function rawChange(round: number): Promise<() => Promise<void>> {
  const [request] = rawRequests([changing(raw, round)]);
  const [before, after] = [`${raw.id}.g${round}`, `${raw.id}.g${round + 1}`];
  const body = { ...request?.create, name: after };
  const call = (to: string, more: object): Promise<unknown> =>
    stage.client.call("POST", `/containers/${to}`, { operation: "create", deadline: DEADLINE, ...more });
  return async () => {
    await call("create", { body });
    await call(`${before}/stop`, {});
    await call(`${after}/start`, {});
  };
}

async function replaceByHand(round: number): Promise<void> {
  await podman("stop", byHand.id);
  await podman("rm", byHand.id);
  await runByHand(round);
}

async function runByHand(round: number): Promise<void> {
  if (round === 0) await podman("network", "create", "--opt", "isolate=true", byHand.id);
  const named = ["--name", byHand.id, "--network", byHand.id, "--publish", `${byHand.port}:8080`];
  await podman("run", "--detach", ...named, "--env", `ROUND=r${round}`, IMAGE);
}

/** Until each has this generation alone. */
async function untilKept(places: readonly Place[], generation: number): Promise<void> {
  const wanted = places.map(({ id }) => `${id}.g${generation}`);
  const isOurs = (name: string): boolean => places.some(({ id }) => name.startsWith(`${id}.g`));
  const deadline = performance.now() + DEADLINE;
  for (;;) {
    const found = (await stage.engine.list()).map(({ name }) => name).filter(isOurs);
    if (found.toSorted().join() === wanted.toSorted().join()) return;
    if (performance.now() > deadline) throw new Error(`not kept in time: ${found.join(", ")}`);
    await pause(POLL);
  }
}

function report(): void {
  const of = (name: string) => spreadOf(times.get(name) ?? []);
  const floor = of(RAW);
  const budget: Finding["budget"] = { atMost: 1.3 };
  for (const name of [UPDATED, EDITED]) {
    const ours = of(name);
    const value = ours.median / floor.median;
    const from = `${showTime(ours)} against ${showTime(floor)}`;
    tell({ row: 5, what: `downtime of an update (${name}) against ${RAW}`, value, unit: "x", budget, from });
  }
  const hand = of(BY_HAND);
  console.log(`no budget: ${BY_HAND}: ${(hand.median / floor.median).toFixed(2)} x; ${showTime(hand)}`);
}
