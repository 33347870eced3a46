/**
 * Row 3: a container's process is killed: how long until its published port answers again, at 10 containers. Against the
 * engine's own `restart: always`, on the same machine, in turn. Each container is killed once in its life, so that no
 * pause between attempts counts on either side.
 */
import { setTimeout as pause } from "node:timers/promises";
import { untilAllAnswer, untilAnswers } from "./answers.ts";
import { tell } from "./finding.ts";
import { showTime, spreadOf } from "./measure.ts";
import { RunningDaemon } from "./running-daemon.ts";
import { services, type Service } from "./services.ts";
import { IMAGE, podman, Stage } from "./stage.ts";

const SIZE = 10;
/** Each gives SIZE kills a side. */
const ROUNDS = 3;
/** ms between two kills: what a restart leaves to be done is done by then. */
const REST = 1_000;

await using stage = await Stage.set();
const apps = services(SIZE);
const ports = apps.map(({ port }) => port);
const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const sides = [killUnderDaemon, killUnderPolicy];
  for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
    await side();
    await stage.clear();
  }
}
const [daemon, policy] = [spreadOf(ours), spreadOf(theirs)];
tell({
  row: 3,
  what: `container killed until it serves again, at ${SIZE} containers, against restart: always`,
  value: daemon.median / policy.median,
  unit: "x",
  budget: { atMost: 1.5 },
  from: `${showTime(daemon)} against ${showTime(policy)}`,
});

async function killUnderDaemon(): Promise<void> {
  await using running = await RunningDaemon.start(stage, apps);
  await running.install(apps);
  await running.settled(apps);
  for (const { id, port } of apps) ours.push(await killed(`${id}.g1`, port));
}

/** The same containers, each on its own network, made by `podman run`. */
async function killUnderPolicy(): Promise<void> {
  for (const app of apps) await runAlways(app);
  await untilAllAnswer(ports);
  for (const { id, port } of apps) theirs.push(await killed(id, port));
}

async function runAlways({ id, port }: Service): Promise<void> {
  await podman("network", "create", "--opt", "isolate=true", id);
  await podman(
    "run",
    "--detach",
    "--restart",
    "always",
    "--name",
    id,
    "--network",
    id,
    "--publish",
    `${port}:8080`,
    IMAGE,
  );
}

/** As a crash: the process alone dies, and nobody told the engine. */
async function killed(name: string, port: number): Promise<number> {
  await pause(REST);
  const { pid } = await stage.engine.inspect(name);
  const began = performance.now();
  process.kill(pid, "SIGKILL");
  await untilAnswers(port);
  return performance.now() - began;
}
