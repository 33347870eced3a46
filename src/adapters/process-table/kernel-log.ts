import { closeSync, constants, openSync, readSync } from "node:fs";
import { errnoOf } from "../files/errno.ts";

/** A record of /dev/kmsg is never longer. A shorter buffer would be refused. */
const LONGEST_RECORD = 8_192;

/** One kill that the kernel told of. */
export interface KernelOomKill {
  /** Of the container in whose group the killed process was. */
  readonly containerId: string;
  /** Its own limit was reached, not that of a group around it or the machine's memory. */
  readonly own: boolean;
  /** ms since the boot, by the clock of the kernel's log. */
  readonly at: number;
}

const LINE = /^\d+,\d+,(\d+),[^;]*;oom-kill:(.*)$/gm;
const CONTAINER = /libpod-([0-9a-f]{64})/;

/** `<prio>,<sequence>,<µs since the boot>,<flags>;oom-kill:...,oom_memcg=<group>,task_memcg=<group>,...` since 5.0. Pure. */
export function oomKillsOf(log: string): readonly KernelOomKill[] {
  return [...log.matchAll(LINE)].flatMap(([, micros, text = ""]) => {
    const group = (key: string): string => new RegExp(`(?:^|,)${key}=([^,]*)`).exec(text)?.[1] ?? "";
    const containerId = CONTAINER.exec(group("task_memcg"))?.[1];
    if (containerId === undefined) return [];
    return [{ containerId, own: group("oom_memcg").includes(containerId), at: Number(micros) / 1_000 }];
  });
}

/**
 * All that the kernel still has in its log; empty where it is not ours to read. 145 kB take 4 ms: no process is started,
 * and no record waited for.
 */
export function readKernelLog(path = "/dev/kmsg"): string {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return "";
  }
  const buffer = Buffer.alloc(LONGEST_RECORD);
  const parts: string[] = [];
  try {
    for (;;) {
      const length = readRecord(file, buffer);
      if (length === 0) return parts.join("");
      parts.push(buffer.toString("utf8", 0, length));
    }
  } finally {
    closeSync(file);
  }
}

/** 0: there is no more. */
function readRecord(file: number, buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(file, buffer);
    } catch (error) {
      // EPIPE: the oldest records were written over meanwhile, and the next read goes on after them.
      if (errnoOf(error) !== "EPIPE") return 0;
    }
  }
}
