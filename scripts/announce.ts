import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import * as z from "zod";

/**
 * `announce.ts PID`: tells, while the daemon with that pid comes up, each change of an app's state, and its URL once it
 * is ready. Ends when all are ready, or the daemon is gone.
 */
const root = path.dirname(import.meta.dirname);
const daemon = Number(process.argv[2]);
const EVERY_MS = 500;

const statusSchema = z.object({
  node: z.object({ pid: z.int() }),
  engine: z.object({ state: z.string(), reason: z.string().optional() }),
  apps: z.array(z.object({ id: z.string(), state: z.string(), reason: z.string(), url: z.string().nullable() })),
});

const told = new Map<string, string>();
let looksWithoutEngine = 0;
while (isAlive(daemon)) {
  const status = await readStatus();
  // Another daemon may hold the home: then ours is about to end, and says so itself.
  if (status !== null && status.node.pid === daemon) {
    // The engine's service takes a moment to start: away is worth a word only when it lasts.
    looksWithoutEngine = status.engine.state === "available" ? 0 : looksWithoutEngine + 1;
    if (looksWithoutEngine > 1) tell("engine", `engine: ${status.engine.reason ?? status.engine.state}`);
    for (const app of status.apps) {
      const where = app.state === "ready" ? `ready at ${app.url ?? "no address"}` : `${app.state}: ${app.reason}`;
      tell(app.id, `${app.id}: ${where}`);
    }
    if (status.apps.length > 0 && status.apps.every((app) => app.state === "ready" || app.state === "stopped")) {
      console.log("start: all is up. Ctrl-C ends the daemon; the apps go on running.");
      console.log("start: `npm start` takes them over again, `npm run remove` takes them away.");
      break;
    }
  }
  await sleep(EVERY_MS);
}

/** Each line once, until it changes. */
function tell(about: string, line: string): void {
  if (told.get(about) === line) return;
  told.set(about, line);
  console.log(`start: ${line}`);
}

async function readStatus(): Promise<z.output<typeof statusSchema> | null> {
  try {
    const { stdout } = await promisify(execFile)(path.join(root, "bin", "archipelago"), ["status", "--json"]);
    return statusSchema.parse(JSON.parse(stdout));
  } catch {
    // Not listening yet.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
