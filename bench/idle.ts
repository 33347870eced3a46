/**
 * Row 6: what the daemon takes while 20 apps run and nothing happens: memory, processor time, and bytes that it has the
 * kernel write to a disk. Each app has a readiness probe at its default interval.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { untilAllAnswer } from "./answers.ts";
import { tell } from "./finding.ts";
import { RunningDaemon } from "./running-daemon.ts";
import { services } from "./services.ts";
import { Stage } from "./stage.ts";

const SIZE = 20;
/** ms. Until what the installs left to be done is done, and for how long it is watched. */
const REST = 20_000;
const WATCHED = 120_000;
/** ms in a clock tick of /proc, on every Linux that Podman runs on. */
const TICK = 10;

await using stage = await Stage.set();
const apps = services(SIZE);
await using daemon = await RunningDaemon.start(stage, apps);
await daemon.install(apps);
await untilAllAnswer(apps.map(({ port }) => port));
await daemon.settled(apps);
const { pid } = (await daemon.api.status()).node;
await pause(REST);
const before = await used(pid);
const began = performance.now();
await pause(WATCHED);
const after = await used(pid);
const took = performance.now() - began;
const memory = await read(pid, "smaps_rollup");
const from = `${SIZE} apps, ${Math.round(took / 1_000)} s`;
const about = { row: 6, from } as const;
const megabytes = (...keys: readonly string[]): number =>
  keys.reduce((sum, key) => sum + numberAfter(memory, `${key}:`), 0) / 1_024;
tell({ ...about, what: "idle daemon: resident memory", value: megabytes("Rss"), unit: "MB", budget: { atMost: 100 } });
tell({
  ...about,
  what: "idle daemon: private memory",
  value: megabytes("Private_Clean", "Private_Dirty"),
  unit: "MB",
  budget: { atMost: 40 },
});
tell({
  ...about,
  what: "idle daemon: share of a processor",
  value: ((after.cpu - before.cpu) / took) * 100,
  unit: "%",
  budget: { atMost: 0.5 },
});
tell({
  ...about,
  what: "idle daemon: bytes written to a disk",
  value: after.written - before.written,
  unit: "B",
  budget: { atMost: 0 },
});

/** ms of processor time, and bytes written. */
async function used(of: number): Promise<{ readonly cpu: number; readonly written: number }> {
  const stat = await read(of, "stat");
  // Fields 14 and 15, counted behind the name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const cpu = (Number(fields[11]) + Number(fields[12])) * TICK;
  return { cpu, written: numberAfter(await read(of, "io"), "\nwrite_bytes:") };
}

function read(of: number, file: string): Promise<string> {
  return readFile(`/proc/${of}/${file}`, "utf8");
}

/** Throws where it is not there: no figure is better than a wrong one. */
function numberAfter(text: string, key: string): number {
  const at = text.indexOf(key);
  const found = at < 0 ? null : /^\s*(\d+)/.exec(text.slice(at + key.length));
  if (!found) throw new Error(`the kernel does not tell ${key.trim()}`);
  return Number(found[1]);
}
