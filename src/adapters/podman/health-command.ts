import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { HealthResult } from "../../ports/engine.ts";
import { isHealthTimeout } from "./error-table.ts";
import { asList, asNumber, asRecord, asText, asTexts } from "./json-read.ts";
import type { Call, LibpodClient } from "./libpod-client.ts";

/** ms. */
const LOOK = 30_000;
/** On top of the command's own timeout, for the engine to start it and say how it went. */
const SLACK = 1_000;

/** As timeout(1) has it. */
const TIMED_OUT: HealthResult = { exitCode: 124, output: "timed out" };

/**
 * Runs a container's health command once. 4.3 takes note of the command's timeout only when the command has ended by
 * itself, and does not end it: a command that hangs would be joined by another at each probe. So the time is kept here,
 * and what is left of a command that was given up is killed. Every failure has exit code 1 (4.3, 5.4).
 */
export async function runHealthCommand(
  client: LibpodClient,
  ref: string,
  signal: AbortSignal | undefined,
): Promise<HealthResult> {
  const path = `/containers/${encodeURIComponent(ref)}`;
  const look: Call = { operation: "look", signal, deadline: LOOK };
  const config = asRecord(asRecord(await client.json("GET", `${path}/json`, look))["Config"]);
  const deadline = asNumber(asRecord(config["Healthcheck"])["Timeout"]) / 1e6 + SLACK;
  try {
    await client.call("GET", `${path}/healthcheck`, { operation: "health", signal, deadline });
  } catch (error) {
    if (isHealthTimeout(error)) return TIMED_OUT;
    const late = error instanceof ArcError && error.code === "ARC_ENGINE_TIMEOUT";
    // What can not be ended now is no reason to answer otherwise.
    if (late || signal?.aborted) await endHealthCommands(client, path).catch(() => undefined);
    if (late) return TIMED_OUT;
    throw error;
  }
  // The answer itself holds no more than healthy or unhealthy; exit code and output are in the inspect's log.
  const state = asRecord(asRecord(await client.json("GET", `${path}/json`, look))["State"]);
  const last = asRecord(asList(asRecord(state["Health"] ?? state["Healthcheck"])["Log"]).at(-1));
  return { exitCode: asNumber(last["ExitCode"]), output: asText(last["Output"]).trimEnd() };
}

/** Kills the processes that run this container's health command, and no other that somebody runs inside. */
async function endHealthCommands(client: LibpodClient, path: string): Promise<void> {
  // Not under the caller's signal: that has fired.
  const look: Call = { operation: "look", deadline: LOOK };
  const inspect = asRecord(await client.json("GET", `${path}/json`, look));
  const [, ...test] = asTexts(asRecord(asRecord(inspect["Config"])["Healthcheck"])["Test"]);
  for (const session of asTexts(inspect["ExecIDs"])) {
    const exec = asRecord(await client.json("GET", `/exec/${session}/json`, look));
    const { entrypoint, arguments: more } = asRecord(exec["ProcessConfig"]);
    if (JSON.stringify([asText(entrypoint), ...asTexts(more)]) !== JSON.stringify(test)) continue;
    // 4.3 says pid 0 of a session that runs; conmon's pid file knows better.
    await endTree(join(asText(inspect["StaticDir"]), session, "exec_pid"), asText(inspect["Id"]));
  }
}

/**
 * The command is often a shell, and what hangs is its child. Each one is stopped before its children are read, so that
 * none is born meanwhile; the shell's death alone would leave them to the container's first process.
 */
async function endTree(pidFile: string, container: string): Promise<void> {
  const pids: number[] = [];
  const stop = async (pid: number): Promise<void> => {
    if (!(await signalInside(pid, container, "SIGSTOP"))) return;
    pids.push(pid);
    for (const child of await childrenOf(pid)) await stop(child);
  };
  const first = Number(await readFile(pidFile, "utf8").catch(() => ""));
  if (Number.isSafeInteger(first) && first > 1) await stop(first);
  for (const pid of pids) await signalInside(pid, container, "SIGKILL");
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8").catch(() => ""));
  return (await Promise.all(lists)).flatMap((list) => list.split(" ").map(Number)).filter((child) => child > 0);
}

/** Only a process that lies in the container's cgroup: a pid may have become another's. False: there is none. */
async function signalInside(pid: number, container: string, name: "SIGSTOP" | "SIGKILL"): Promise<boolean> {
  try {
    if (!(await readFile(`/proc/${pid}/cgroup`, "utf8")).includes(container)) return false;
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
