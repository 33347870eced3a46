import type { Readable, Writable } from "node:stream";
import type { DaemonSide } from "./daemon-side.ts";

/** Everything a command touches of the process it runs in, so that tests can run one without a process. */
export interface CliIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; what relative paths count from. */
  readonly cwd: string;
  readonly root: boolean;
  /** Where the program is installed: the catalogue of the default stands in `apps` there. */
  readonly installDir: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** From the first call on, an interrupt fires this signal and no longer ends the process. */
  readonly interrupt: () => AbortSignal;
  readonly daemon: DaemonSide;
  /** Milliseconds between two looks while waiting; events make for earlier ones. */
  readonly resync: number;
}

export type TextSink = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};
