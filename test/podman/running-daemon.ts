import { execFile, spawn, type ChildProcess } from "node:child_process";
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { vi } from "vitest";
import type { AppStatus } from "../../src/core/status/status.ts";
import { connectNode } from "../../src/rpc/client.ts";
import type { Explanation, JobView, NodeApi } from "../../src/rpc/node-api.ts";
import { socketPathOf } from "../../src/rpc/socket-path.ts";

const run = promisify(execFile);
export const REPO = path.resolve(import.meta.dirname, "../..");
export const UI_APPS = ["bitcoin-ui", "electrs-ui", "lnd-ui"] as const;

/** One row of the daemon's log. */
export interface LogRow {
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
}

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As a person at the machine would: runs podman itself. */
export async function podman(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("podman", args);
  return stdout.trim();
}

/** Waits until a look at the world no longer throws, at most `seconds`. */
export function eventually<T>(look: () => T | Promise<T>, seconds = 15): Promise<T> {
  return vi.waitFor(look, { timeout: seconds * 1_000, interval: 50 });
}

/** GET over loopback. */
export function get(port: number, where = "/"): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    // A connection to a container that has just gone is never refused, only never answered.
    const signal = AbortSignal.timeout(2_000);
    const outgoing = request({ host: "127.0.0.1", port, path: where, agent: false, signal }, (incoming) => {
      text(incoming).then((body) => resolve({ status: incoming.statusCode ?? 0, body }), reject);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** A home and a catalogue of their own in a temporary folder. */
export class Node implements AsyncDisposable {
  readonly folder: string;
  readonly home: string;
  readonly apps: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.home = path.join(folder, "home");
    this.apps = path.join(folder, "apps");
  }

  /** With a copy of the project's catalogue, whose apps are kept after a second; `wanted` goes into node.yml. */
  static async make(wanted: readonly string[]): Promise<Node> {
    const node = new Node(await mkdtemp(path.join(tmpdir(), "node-")));
    await cp(path.join(REPO, "apps"), node.apps, { recursive: true });
    for (const app of UI_APPS)
      await appendFile(path.join(node.apps, app, "manifest.yml"), "\nupdate: { stable_for: 1s }\n");
    await mkdir(node.home, { recursive: true });
    await writeFile(
      node.file("node.yml"),
      `# a person's remark\n${wanted.length === 0 ? "" : "apps:\n"}${wanted.map((app) => `  ${app}: { state: running }\n`).join("")}`,
    );
    return node;
  }

  file(...parts: readonly string[]): string {
    return path.join(this.home, ...parts);
  }

  /** Puts an app into the catalogue: file -> text. */
  async app(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(path.join(this.apps, name), { recursive: true });
    for (const [file, content] of Object.entries(files)) await writeFile(path.join(this.apps, name, file), content);
  }

  /** The command line, as a person types it. */
  cli(...args: readonly string[]): Promise<Outcome> {
    return this.command(...args).outcome;
  }

  /** The command line as a process that can be killed. */
  command(...args: readonly string[]): { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const child = execFile(
      path.join(REPO, "bin/archipelago"),
      ["--home", this.home, "--apps", this.apps, ...args],
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
    return { child, outcome: promise };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ids = await podman("ps", "-aq", "--filter", "label=archipelago.owner");
    if (ids !== "") await podman("rm", "-f", "-t", "0", ...ids.split("\n"));
    // A network of another node would be used by the next one, and then left alone.
    const networks = await podman("network", "ls", "-q", "--filter", "label=archipelago.owner");
    if (networks !== "") await podman("network", "rm", "-f", ...networks.split("\n"));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The daemon as its own process, built as it is shipped. */
export class RunningDaemon implements AsyncDisposable {
  readonly api: NodeApi;
  readonly log: LogRow[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, node: Node) {
    this.#child = child;
    this.api = connectNode({ socketPath: socketPathOf(node.home) });
    this.#ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
    if (child.stderr) {
      createInterface(child.stderr).on("line", (line) => {
        this.log.push(line.startsWith("{") ? JSON.parse(line) : { msg: line });
      });
    }
  }

  /** Resolves when the API answers. The daemon brings its own Podman service and configuration, unless given a socket. */
  static async start(node: Node, { socket }: { readonly socket?: string } = {}): Promise<RunningDaemon> {
    const { CONTAINERS_CONF: _ours, ...env } = process.env;
    const given = socket === undefined ? [] : ["--socket", socket];
    const child = spawn(
      path.join(REPO, "bin/archipelago"),
      ["up", "--home", node.home, "--apps", node.apps, "--json", "--log-level", "debug", ...given],
      {
        env,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const daemon = new RunningDaemon(child, node);
    await eventually(() => daemon.api.status());
    return daemon;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async app(id: string): Promise<AppStatus> {
    const { apps } = await this.api.status();
    const found = apps.find((app) => app.id === id);
    if (!found) throw new Error(`${id} is not in the status`);
    return found;
  }

  /** Until every one of them is ready, nothing is left to do, and no new generation has still to prove itself. */
  async settled(...ids: readonly string[]): Promise<void> {
    await eventually(async () => {
      const { apps } = await this.api.status();
      for (const id of ids) {
        const app = apps.find((each) => each.id === id);
        if (app?.state !== "ready") throw new Error(`${id} is ${app?.state}: ${app?.reason}`);
      }
      const plan = await this.api.plan();
      if (plan.steps.length > 0) throw new Error(`still to do: ${JSON.stringify(plan.steps)}`);
      const [proving] = plan.holds.filter(({ kind }) => kind === "window");
      if (proving) throw new Error(`${proving.app}: ${proving.reason}`);
    }, 30);
  }

  /** Until `explain` has told of a difference, now or in its last decisions. */
  async explained(app: string, pathOfField: string): Promise<Explanation["drift"][number]> {
    return eventually(async () => {
      const { drift, decisions } = await this.api.explain(app);
      const entry = [...drift, ...decisions.flatMap(({ diff }) => diff)].find(
        ({ path: field }) => field === pathOfField,
      );
      if (!entry) throw new Error(`${app} does not tell of ${pathOfField}`);
      return entry;
    });
  }

  /** As the kernel's OOM killer or a power cut would. */
  async kill9(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Resolves when it has ended, by whomever. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop();
  }
}

/** Until a job is over. */
export async function ended(daemon: RunningDaemon, job: { readonly id: string } | null): Promise<JobView> {
  return eventually(async () => {
    const found = await daemon.api.job(job?.id ?? "");
    if (found.state === "running") throw new Error(`${found.phase}: ${found.reason}`);
    return found;
  }, 30);
}

/** App -> its containers' engine ids. */
export async function containerIds(daemon: RunningDaemon): Promise<Readonly<Record<string, readonly string[]>>> {
  const { apps } = await daemon.api.status();
  return Object.fromEntries(apps.map(({ id, containers }) => [id, containers.map((container) => container.id)]));
}
