import type { DaemonOptions } from "../daemon/daemon-options.ts";
import type { Finding } from "../daemon/offline.ts";
import type { Problem } from "../core/errors/problem.ts";
import type { PlanView } from "../rpc/node-api.ts";

export type { Finding } from "../daemon/offline.ts";

/** What the command line does itself, without asking a daemon. */
export interface DaemonSide {
  /** Is the daemon until the signal fires. */
  run(options: DaemonOptions, signal: AbortSignal): Promise<void>;
  offlinePlan(options: DaemonOptions): Promise<PlanView>;
  validateFiles(catalogueDir: string, files: readonly string[]): Promise<Validation>;
  diagnose(options: DaemonOptions): Promise<readonly Finding[]>;
}

interface Validation {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** The files that were looked at. */
  readonly checked: readonly string[];
}

/** The real one. Loaded at the first call: most commands never need a daemon's code. */
export function lazyDaemonSide(): DaemonSide {
  return {
    run: async (options, signal) => (await import("../daemon/run-daemon.ts")).runDaemon(options, signal),
    offlinePlan: async (options) => (await import("../daemon/offline.ts")).offlinePlan(options),
    validateFiles: async (dir, files) => (await import("../daemon/offline.ts")).validateFiles(dir, files),
    diagnose: async (options) => (await import("../daemon/offline.ts")).diagnoseNode(options),
  };
}
