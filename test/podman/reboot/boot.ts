import { execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { PodmanEngine } from "../../../src/adapters/podman/podman-engine.ts";
import { PodmanService } from "../../../src/adapters/podman/podman-service.ts";
import { readProcessLimits } from "../../../src/adapters/podman/process-limits.ts";
import { BUSYBOX, makeBusybox } from "../images.ts";
import { EARLY, FOREIGN, manifests, RESTING, WANTED } from "./catalogue.ts";

/**
 * One boot of the machine that test/podman/reboot.test.ts starts in a sandbox of its own: `boot.ts first|again|late`. Brings
 * the daemon up, waits until all is as wanted, and says on stdout what it found. It ends without a word to anybody, and
 * the sandbox with it: daemon, monitors and containers are killed by the kernel at once, as in a power cut.
 */

const run = promisify(execFile);
const REPO = join(import.meta.dirname, "../../..");
const PROGRAM = join(REPO, "bin/archipelago");
const store = process.env["SANDBOX_STORE"] ?? "";
const [home, apps] = [join(store, "home"), join(store, "apps")];

/** What one boot came to. */
export interface Boot {
  readonly states: Readonly<Record<string, string>>;
  /** Container -> its id, and when it was started, in ms since the epoch. */
  readonly containers: Readonly<Record<string, { readonly id: string; readonly startedAt: number }>>;
  readonly foreign: string;
  /** What the published port answered. */
  readonly page: string;
  /** The container that was there before the daemon is as it was. */
  readonly earlyStays: boolean;
  readonly repairs: readonly { readonly result: string; readonly detail: string }[];
}

async function archipelago(...args: readonly string[]): Promise<string> {
  return (await run(PROGRAM, ["--home", home, "--apps", apps, "--json", ...args])).stdout;
}

async function prepare(): Promise<void> {
  await using service = new PodmanService({ home: join(store, "preparing") });
  await service.ensure();
  using engine = new PodmanEngine({ socket: () => service.socket, limits: readProcessLimits() });
  await makeBusybox(engine);
  for (const [app, manifest] of Object.entries(manifests())) {
    await mkdir(join(apps, app), { recursive: true });
    await writeFile(join(apps, app, "manifest.yml"), manifest);
  }
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "node.yml"), `apps:\n${[...WANTED, RESTING].map((app) => `  ${app}: {}\n`).join("")}`);
  await run("podman", ["run", "-d", "--name", FOREIGN, BUSYBOX]);
}

/** The daemon outlives this process, until the sandbox ends. */
function startDaemon(): void {
  const { CONTAINERS_CONF: _ours, ...env } = process.env;
  spawn(PROGRAM, ["up", "--home", home, "--apps", apps, "--json"], {
    env,
    cwd: store,
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
  }).unref();
}

async function states(): Promise<Readonly<Record<string, string>>> {
  const { apps: found } = JSON.parse(await archipelago("status"));
  return Object.fromEntries(found.map(({ id, state }: { id: string; state: string }) => [id, state]));
}

async function until(wanted: Readonly<Record<string, string>>): Promise<void> {
  const began = performance.now();
  for (;;) {
    const found = await states().catch((error: unknown) => ({ error: String(error) }));
    if (
      Object.entries(wanted).every(([app, state]) => Object.entries(found).some(([a, s]) => a === app && s === state))
    )
      return;
    if (performance.now() - began > 60_000) throw new Error(`still ${JSON.stringify(found)}`);
    await pause(100);
  }
}

/** Which run of which container it is; null: there is none. */
async function runOf(name: string): Promise<string | null> {
  const inspect = run("podman", ["inspect", "--format", "{{.Id}} {{.State.Pid}} {{.State.StartedAt}}", name]);
  return inspect.then(
    ({ stdout }) => stdout,
    () => null,
  );
}

async function report(): Promise<Omit<Boot, "earlyStays">> {
  const format =
    '{"name":"{{.Name}}","id":"{{.Id}}","at":"{{.State.StartedAt.Format "2006-01-02T15:04:05.000Z07:00"}}"}';
  const ids = (await run("podman", ["ps", "-aq", "--filter", "label=archipelago.owner"])).stdout.trim().split("\n");
  const { stdout } = await run("podman", ["inspect", "--format", format, ...ids]);
  const rows: { name: string; id: string; at: string }[] = stdout
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
  const history: { action: string; result: string; detail: string }[] = JSON.parse(await archipelago("history"));
  return {
    states: await states(),
    containers: Object.fromEntries(rows.map(({ name, id, at }) => [name, { id, startedAt: Date.parse(at) }])),
    foreign: (await run("podman", ["inspect", "--format", "{{.Id}} {{.State.Status}}", FOREIGN])).stdout.trim(),
    page: await (await fetch("http://127.0.0.1:18490/")).text(),
    repairs: history
      .filter(({ action }) => action === "engine.repair")
      .map(({ result, detail }) => ({ result, detail })),
  };
}

const first = process.argv[2] === "first";
const ready = Object.fromEntries(WANTED.map((app) => [app, "ready"]));
if (first) await prepare();
// Somebody was faster than the daemon.
if (process.argv[2] === "late") await run("podman", ["run", "-d", "--name", EARLY, "--network", "none", BUSYBOX]);
const early = await runOf(EARLY);
startDaemon();
if (first) {
  await until({ ...ready, [RESTING]: "ready" });
  await archipelago("stop", RESTING);
}
await until({ ...ready, [RESTING]: "stopped" });
console.log(JSON.stringify({ ...(await report()), earlyStays: early === (await runOf(EARLY)) }));
process.exit();
