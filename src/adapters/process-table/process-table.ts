import { readFileSync } from "node:fs";
import type { ProcessTable } from "../../ports/process-table.ts";
import { errnoOf } from "../files/errno.ts";
import { parseProcStat } from "./proc-stat.ts";

/** `libpod-<id>` as a cgroup's name; conmon's own is `libpod-conmon-<id>`. */
const LIBPOD_CGROUP = /libpod-(?:conmon-)?([0-9a-f]{64})/g;

/** /proc: two small reads a process. */
export class ProcProcessTable implements ProcessTable {
  readonly #root: string;

  constructor(procRoot = "/proc") {
    this.#root = procRoot;
  }

  /**
   * A pid that the kernel has given to another container since is not this container's. Where the process lies in no
   * container's cgroup at all (a host that hides or does not use them) its pid alone counts.
   */
  alive(pid: number, containerId: string): boolean {
    if (!Number.isSafeInteger(pid) || pid <= 0) return false;
    const stat = this.#read(pid, "stat");
    if (stat === "gone") return false;
    const parsed = stat === "unreadable" ? null : parseProcStat(stat);
    if (parsed !== null && /^[ZXx]$/.test(parsed.state)) return false;
    const cgroup = this.#read(pid, "cgroup");
    if (cgroup === "gone") return false;
    const owners = [...cgroup.matchAll(LIBPOD_CGROUP)].map((match) => match[1]);
    return owners.length === 0 || owners.includes(containerId);
  }

  #read(pid: number, file: string): string {
    try {
      return readFileSync(`${this.#root}/${pid}/${file}`, "latin1");
    } catch (error) {
      const errno = errnoOf(error);
      // ESRCH: it ended between the open and the read. Anything else is our trouble, and the engine's word stands.
      return errno === "ENOENT" || errno === "ESRCH" ? "gone" : "unreadable";
    }
  }
}
