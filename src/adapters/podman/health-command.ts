import { readFile } from "node:fs/promises";
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
 * and what is left of a command that was given up is killed. On 4.3 every failure has exit code 1.
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
    await killOf(join(asText(inspect["StaticDir"]), session, "exec_pid"), asText(inspect["Id"]));
  }
}

async function killOf(pidFile: string, container: string): Promise<void> {
  try {
    const pid = Number(await readFile(pidFile, "utf8"));
    const cgroup = await readFile(`/proc/${pid}/cgroup`, "utf8");
    if (cgroup.includes(container)) process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
