import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ArcError } from "../../core/errors/arc-error.ts";
import { containersConf } from "./containers-conf.ts";
import { readPodmanHost } from "./host-facts.ts";
import { LibpodClient } from "./libpod-client.ts";

/** Where the distribution's own unit listens, for root. */
export const SYSTEM_SOCKET = "/run/podman/podman.sock";

/** ms. */
const PING = 3_000;
const START = 30_000;
const POLL = 20;

export interface PodmanServiceOptions {
  /** The daemon's home; `run/` below it gets the configuration and our own socket. */
  readonly home: string;
  /** Asked for by name: nothing else is tried. */
  readonly socket?: string | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  readonly program?: string;
  /** What the service says, line by line. */
  readonly log?: (line: string) => void;
}

/**
 * Sees to it that a Podman service answers: one that is there already, or else one of our own. Containers do not need
 * it: they live on while it is down, and the next one sees them. Nothing is restarted behind the caller's back; it
 * calls `ensure` again when the engine stops answering.
 */
export class PodmanService implements AsyncDisposable {
  readonly #options: PodmanServiceOptions;
  readonly #own: string;
  #socket: string;
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;

  constructor(options: PodmanServiceOptions) {
    this.#options = options;
    this.#own = options.socket ?? join(options.home, "run", "podman.sock");
    this.#socket = options.socket ?? SYSTEM_SOCKET;
  }

  /** The socket that answered last, or is tried first. */
  get socket(): string {
    return this.#socket;
  }

  /** The pid of our own service; null where we have none. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /**
   * Resolves when a service answers. Throws ARC_ENGINE_UNAVAILABLE with what the service said where none can be
   * started. Calls at the same time share one start.
   */
  async ensure(signal?: AbortSignal): Promise<void> {
    if (await this.find(signal)) return;
    this.#starting ??= this.#start(signal).finally(() => {
      this.#starting = null;
    });
    await this.#starting;
  }

  /** Whether one answers already: `socket` is then where. Starts nothing. */
  async find(signal?: AbortSignal): Promise<boolean> {
    for (const socket of this.#options.socket === undefined ? [SYSTEM_SOCKET, this.#own] : [this.#own]) {
      if (!(await ping(socket, signal))) continue;
      this.#socket = socket;
      return true;
    }
    return false;
  }

  /** Ends our own service, if there is one. Containers go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#child);
    this.#child = null;
  }

  async #start(signal: AbortSignal | undefined): Promise<void> {
    // One that runs and does not answer is stuck.
    await stop(this.#child);
    await mkdir(dirname(this.#own), { recursive: true });
    await rm(this.#own, { force: true });
    const said: string[] = [];
    const child = spawn(this.#options.program ?? "podman", ["system", "service", "--time=0", `unix://${this.#own}`], {
      // conmon leaves a file where the service was started when a container runs out of memory (2.1.6).
      cwd: dirname(this.#own),
      env: await this.#environment(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
        said.push(line);
        if (said.length > 20) said.shift();
        this.#options.log?.(line);
      }
    });
    const ended = new Promise<string>((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("exit", (code, name) => resolve(`it ended with ${name ?? `exit code ${code}`}`));
    });
    await this.#answers(ended, said, signal);
    this.#socket = this.#own;
  }

  async #answers(ended: Promise<string>, said: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const began = performance.now();
    const failed = (why: string): ArcError =>
      new ArcError("ARC_ENGINE_UNAVAILABLE", ["the Podman service could not be started", why, ...said].join(": "));
    while (!(await ping(this.#own, signal))) {
      const why = await Promise.race([ended, pause(POLL, null, signal ? { signal } : {})]);
      if (why !== null) throw failed(why);
      if (performance.now() - began > START) throw failed(`it did not answer within ${START / 1_000} s`);
    }
  }

  async #environment(): Promise<NodeJS.ProcessEnv> {
    const environment = this.#options.environment ?? process.env;
    const quiet = { PODMAN_IGNORE_CGROUPSV1_WARNING: "1", ...environment };
    if (environment["CONTAINERS_CONF"] !== undefined) return quiet;
    const file = join(dirname(this.#own), "containers.conf");
    await writeFile(file, containersConf(readPodmanHost(environment["PATH"])));
    return { ...quiet, CONTAINERS_CONF: file };
  }
}

/** Whether a service answers there. Throws only the signal's reason. */
export async function ping(socket: string, signal?: AbortSignal): Promise<boolean> {
  using client = new LibpodClient(() => socket);
  try {
    await client.call("GET", "/_ping", { operation: "look", signal, deadline: PING });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

async function stop(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), PING);
  await ended;
  clearTimeout(timer);
}
