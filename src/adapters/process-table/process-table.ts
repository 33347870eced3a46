import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Stray } from "../../core/observed/stray.ts";
import type { OomKill, ProcessTable } from "../../ports/process-table.ts";
import { errnoOf } from "../files/errno.ts";
import { parseConmon, type Watched } from "./conmon.ts";
import { oomKillsOf, readKernelLog } from "./kernel-log.ts";
import { parseProcStat, type ProcStat } from "./proc-stat.ts";

/** ms between two looks at a process that was told to end. */
const POLL = 20;
/** ms that SIGKILL may take, and that a monitor may take to tell the engine of it. */
const KILLED = 5_000;
const TOLD = 2_000;

/** The kernel's log counts time by a clock that nobody sets right: this much of what the two can be apart, and 2 s. */
const DRIFT = 0.0002;
const SLACK = 2_000;

/** `libpod-<id>` as a cgroup's name; conmon's own is `libpod-conmon-<id>`. */
const LIBPOD_CGROUP = /libpod-(?:conmon-)?([0-9a-f]{64})/g;

/** A zombie, or dead. */
const hasEnded = ({ state }: ProcStat): boolean => /^[ZXx]$/.test(state);

/** /proc: one small read a process, and a second one where it is met for the first time. */
export class ProcProcessTable implements ProcessTable {
  readonly #root: string;
  /** By pid: whose process that is, as its cgroup told. The start time says whether it is still the same. */
  readonly #proven = new Map<number, { readonly startTime: string; readonly containerId: string }>();
  readonly #kernelLog: () => string;
  readonly #times: { readonly now: () => number; readonly sinceBoot: () => number };

  /** `sinceBoot`: ms by the kernel's monotonic clock, which does not count while the machine sleeps; its log neither. */
  constructor(
    procRoot = "/proc",
    kernelLog = readKernelLog,
    times = { now: Date.now, sinceBoot: () => Number(process.hrtime.bigint()) / 1e6 },
  ) {
    this.#root = procRoot;
    this.#kernelLog = kernelLog;
    this.#times = times;
  }

  /**
   * A pid that the kernel has given to another process since is not this container's. Where the process lies in no
   * container's cgroup at all (a host that hides or does not use them) it must at least see other mounts than we do: after
   * a reboot low pids are given out again, to the host's own programs.
   */
  alive(pid: number, containerId: string): boolean {
    const lives = this.#lives(pid, containerId);
    return lives === "unknown" ? !this.#seesOurMounts(pid) : lives;
  }

  /** `unknown`: it lives, and nothing tells whose it is. */
  #lives(pid: number, containerId: string): boolean | "unknown" {
    if (!Number.isSafeInteger(pid) || pid <= 0) return false;
    const known = this.#proven.get(pid);
    const stat = this.#read(pid, "stat");
    const parsed = stat === "unreadable" ? null : parseProcStat(stat);
    if (known && known.containerId === containerId && known.startTime === parsed?.startTime && !hasEnded(parsed))
      return true;
    this.#proven.delete(pid);
    if (stat === "gone" || (parsed !== null && hasEnded(parsed))) return false;
    const cgroup = this.#read(pid, "cgroup");
    if (cgroup === "gone") return false;
    const owners = [...cgroup.matchAll(LIBPOD_CGROUP)].map((match) => match[1]);
    if (owners.length === 0) return "unknown";
    if (!owners.includes(containerId)) return false;
    if (parsed !== null) this.#proven.set(pid, { startTime: parsed.startTime, containerId });
    return true;
  }

  running(): ReadonlySet<string> {
    const ids = new Set([...this.#monitors()].map(({ watched }) => watched.containerId));
    for (const pid of this.#pids()) {
      for (const [, id = ""] of this.#read(pid, "cgroup").matchAll(LIBPOD_CGROUP)) ids.add(id);
    }
    return ids;
  }

  oomKill(containerId: string, since: number): OomKill | null {
    const sinceBoot = this.#times.sinceBoot();
    const earliest = sinceBoot - (this.#times.now() - since) - SLACK - sinceBoot * DRIFT;
    const kill = oomKillsOf(this.#kernelLog()).findLast((each) => each.containerId === containerId);
    if (!kill || kill.at < earliest) return null;
    return kill.own ? "limit" : "machine";
  }

  strays(told: ReadonlySet<string>, graphRoot?: string): readonly Stray[] {
    return [...this.#monitors()].flatMap(({ pid, watched: { graphRoot: store, ...watched } }): Stray[] => {
      if (told.has(watched.containerId) || (graphRoot !== undefined && store !== graphRoot)) return [];
      // The newest thread's list is the process's: conmon has one thread.
      const children = this.#read(pid, `task/${pid}/children`).trim().split(" ").map(Number);
      const pids = children.filter((child) => child > 0 && !this.#cleansUp(child, watched.containerId));
      return [{ ...watched, pids: [...pids, pid], started: !pids.some((child) => this.#waits(child)) }];
    });
  }

  isWatched(containerId: string): boolean {
    return this.#monitors().some(({ watched }) => watched.containerId === containerId);
  }

  /** False where it can't be read: then nothing speaks against the pid. */
  #seesOurMounts(pid: number): boolean {
    try {
      return readlinkSync(`${this.#root}/${pid}/ns/mnt`) === readlinkSync(`${this.#root}/self/ns/mnt`);
    } catch {
      return false;
    }
  }

  /** The exit command, which the monitor runs when its container is over: `podman ... container cleanup <id>`. */
  #cleansUp(pid: number, containerId: string): boolean {
    const args = this.#read(pid, "cmdline").split("\0");
    return args.includes("cleanup") && args.includes(containerId);
  }

  /** The runtime's first process holds this pipe open until the engine says start. */
  #waits(pid: number): boolean {
    try {
      const folder = `${this.#root}/${pid}/fd`;
      return readdirSync(folder).some((fd) => readlinkSync(`${folder}/${fd}`).endsWith("/exec.fifo"));
    } catch {
      return false;
    }
  }

  /** One small read a process, so only for a look that is about to make a container, or in doubt about one. */
  *#monitors(): Generator<{ readonly pid: number; readonly watched: Watched }> {
    for (const pid of this.#pids()) {
      if (this.#read(pid, "comm").trim() !== "conmon") continue;
      const watched = parseConmon(this.#read(pid, "cmdline"));
      if (watched) yield { pid, watched };
    }
  }

  #pids(): readonly number[] {
    return readdirSync(this.#root).map(Number).filter(Number.isSafeInteger);
  }

  async end({ name, containerId, pids }: Stray, signalName: string, grace: number, signal: AbortSignal): Promise<void> {
    // The monitor ends by itself, when it has told how its container ended. With it killed as well, Podman 4.3 takes a
    // container whose start broke off for initialized ever after, and no start succeeds.
    const watched = pids.slice(0, -1);
    for (const [step, whom, limit] of [
      [signalName, watched, grace],
      ["SIGKILL", watched, TOLD],
      ["SIGKILL", pids, KILLED],
    ] as const) {
      for (const pid of whom) this.#signal(pid, containerId, step);
      for (const began = performance.now(); performance.now() - began < limit;) {
        if (!pids.some((pid) => this.#lives(pid, containerId))) return;
        await pause(POLL, null, { signal });
      }
    }
    throw new ArcError("ARC_ENGINE_TIMEOUT", `the processes ${pids.join(", ")} of ${name} do not end`);
  }

  /** Never a pid that has become another's since. */
  #signal(pid: number, containerId: string, name: string): void {
    if (this.#lives(pid, containerId) === false) return;
    try {
      process.kill(pid, name);
    } catch (error) {
      if (errnoOf(error) !== "ESRCH") throw error;
    }
  }

  #read(pid: number, file: string): string {
    try {
      return readFileSync(`${this.#root}/${pid}/${file}`, "utf8");
    } catch (error) {
      const errno = errnoOf(error);
      // ESRCH: it ended between the open and the read. Anything else is our trouble, and the engine's word stands.
      return errno === "ENOENT" || errno === "ESRCH" ? "gone" : "unreadable";
    }
  }
}
