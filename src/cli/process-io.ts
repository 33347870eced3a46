import { dirname } from "node:path";
import { lazyDaemonSide } from "./daemon-side.ts";
import type { CliIo } from "./io.ts";

/** The process that we are. */
export function processIo(): CliIo {
  // `archipelago history | head`: who reads has had enough, and that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    root: process.getuid?.() === 0,
    installDir: dirname(dirname(import.meta.dirname)),
    now: Date.now,
    interrupt: interruptSignal,
    daemon: lazyDaemonSide(),
    resync: 1_000,
  };
}

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => {
      // Who asks twice does not want to wait for a graceful end.
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  return controller.signal;
}
