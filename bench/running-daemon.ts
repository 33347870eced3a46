import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connectNode } from "../src/rpc/client.ts";
import type { NodeApi } from "../src/rpc/node-api.ts";
import { socketPathOf } from "../src/rpc/socket-path.ts";
import { wanting, writeCatalogue, type Service } from "./services.ts";
import type { Stage } from "./stage.ts";

const POLL = 50;
const LONGEST = 120_000;

/** The daemon as people run it, its own process and as it is shipped, on the stage's Podman service. */
export class RunningDaemon implements AsyncDisposable {
  readonly home: string;
  readonly api: NodeApi;
  readonly #catalogue: string;
  readonly #child: ChildProcess;

  private constructor(home: string, catalogue: string, child: ChildProcess) {
    this.home = home;
    this.#catalogue = catalogue;
    this.#child = child;
    this.api = connectNode({ socketPath: socketPathOf(home) });
  }

  /** Up on a node.yml that wants nothing, its first look done. `catalogue` holds apps that may be wanted later. */
  static async start(stage: Stage, catalogue: readonly Service[]): Promise<RunningDaemon> {
    const home = await stage.subfolder("home");
    const apps = await stage.subfolder("apps");
    await writeCatalogue(apps, catalogue);
    await writeFile(path.join(home, "node.yml"), "apps: {}\n");
    const args = ["up", "--home", home, "--apps", apps, "--socket", stage.service.socket];
    const log = await open(path.join(home, "daemon.log"), "a");
    const child = spawn(stage.program, args, { stdio: ["ignore", "ignore", log.fd] });
    await log.close();
    const daemon = new RunningDaemon(home, apps, child);
    await daemon.#until(async () => (await daemon.api.status()).engine.state === "available");
    return daemon;
  }

  /** As `archipelago install` does: one edit over the API, and the daemon looks at once. */
  async install(apps: readonly Service[]): Promise<void> {
    try {
      await this.api.edit({ kind: "install", apps: apps.map(({ id }) => id) });
    } catch (cause) {
      throw new Error(`the daemon did not take the edit: ${await this.#log()}`, { cause });
    }
  }

  /** The catalogue has these from now on, in the place of those of the same names. */
  publish(apps: readonly Service[]): Promise<void> {
    return writeCatalogue(this.#catalogue, apps);
  }

  /** Saves a node.yml that wants these, as an editor does. */
  async want(apps: readonly Service[]): Promise<void> {
    const file = path.join(this.home, "node.yml");
    await writeFile(`${file}.new`, wanting(apps));
    await rename(`${file}.new`, file);
  }

  /** Until all of them are ready and nothing is left to do. */
  async settled(apps: readonly Service[]): Promise<void> {
    await this.#until(async () => {
      const status = await this.api.status();
      const ready = status.apps.filter(({ state }) => state === "ready").length;
      return ready === apps.length && (await this.api.plan()).steps.length === 0;
    });
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + LONGEST;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > deadline || this.#child.exitCode !== null) {
        throw new Error(`the daemon did not get there: ${await this.#log()}`);
      }
      await pause(POLL);
    }
  }

  #log(): Promise<string> {
    return readFile(path.join(this.home, "daemon.log"), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    await ended;
  }
}
