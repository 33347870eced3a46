import { containerId } from "../../core/ids.ts";
import type { ContainerDetail } from "../../core/observed/observed.ts";
import type { PortSpec } from "../../core/spec/container-spec.ts";
import { asList, asNumber, asRecord, asText, asTextRecord, asTexts, asTime, type Json } from "./json-read.ts";
import { observeExtras } from "./observe-extras.ts";
import { observeExtraHost, observeRights, observeSysctls, observeUlimits } from "./observe-rights.ts";
import { engineState, imageId, isOver, isPort } from "./observe-list.ts";
import { observeMounts } from "./observe-mounts.ts";
import { signalName } from "./signals.ts";

/**
 * The answer of `GET containers/{}/json`. Pure. What it shares with a list's row is equal to that row, but for the state
 * of what ran when the machine went down: no inspect of 5.x tells it from what has ended.
 */
export function observeInspect(value: unknown): ContainerDetail {
  const inspect = asRecord(value);
  const state = asRecord(inspect["State"]);
  const config = asRecord(inspect["Config"]);
  const host = asRecord(inspect["HostConfig"]);
  const id = containerId(asText(inspect["Id"]));
  const engine = engineState(asText(state["Status"]));
  const networkMode = asText(host["NetworkMode"]);
  const attachments = networkMode === "bridge" ? observeAttachments(asRecord(inspect["NetworkSettings"]), id) : {};
  return {
    id,
    name: asText(inspect["Name"]),
    image: asText(inspect["ImageName"]),
    imageId: imageId(asText(inspect["Image"])),
    labels: asTextRecord(config["Labels"]),
    state: engine,
    pid: asNumber(state["Pid"]),
    createdAt: asTime(inspect["Created"]),
    startedAt: asTime(state["StartedAt"]),
    exitedAt: isOver(engine) ? asTime(state["FinishedAt"]) : 0,
    exitCode: isOver(engine) ? asNumber(state["ExitCode"]) : 0,
    networks: Object.keys(attachments).toSorted(),
    ports: observePorts(asRecord(host["PortBindings"])),
    annotations: asTextRecord(config["Annotations"]),
    ...observeCommand(inspect, config, host),
    env: observeEnv(asTexts(config["Env"])),
    user: asText(config["User"]),
    hostname: asText(config["Hostname"]),
    workingDir: asText(config["WorkingDir"]),
    init: host["Init"] === true,
    ...observeMounts(inspect, host),
    networkMode,
    attachments,
    extraHosts: asTexts(host["ExtraHosts"]).map(observeExtraHost),
    ...observeRights(inspect, host),
    shmSize: asNumber(host["ShmSize"]),
    ulimits: observeUlimits(host["Ulimits"]),
    sysctls: observeSysctls(config),
    // The command line leaves the name of the default empty, the API does not.
    restartPolicy: asText(asRecord(host["RestartPolicy"])["Name"]) || "no",
    resources: {
      memory: asNumber(host["Memory"]),
      cpus: asNumber(host["NanoCpus"]) / 1e9,
      pids: asNumber(host["PidsLimit"]),
    },
    stop: { signal: signalName(config["StopSignal"]), grace: asNumber(config["StopTimeout"]) * 1_000 },
    health: observeHealth(asRecord(config["Healthcheck"])),
    extras: observeExtras(inspect),
    oomKilled: state["OOMKilled"] === true,
    error: asText(state["Error"]),
  };
}

/**
 * 4.3 joins Config.Entrypoint with spaces, which loses where its elements end; Path and Args hold the whole command
 * line, so that the entrypoint is what stands before the command there. With an init, podman-init and `--` come first. Of
 * a line of a single word Args repeats the Path.
 */
function observeCommand(
  inspect: Json,
  config: Json,
  host: Json,
): { readonly entrypoint: readonly string[]; readonly command: readonly string[] } {
  const command = asTexts(config["Cmd"]);
  if (Array.isArray(config["Entrypoint"])) return { entrypoint: asTexts(config["Entrypoint"]), command };
  const line = [asText(inspect["Path"]), ...asTexts(inspect["Args"])];
  const own = host["Init"] === true && line[1] === "--" ? line.slice(2) : line;
  const entrypoint = own.slice(0, Math.max(0, own.length - command.length));
  const joined = asText(config["Entrypoint"]);
  if (joined === "") return { entrypoint: [], command };
  return { entrypoint: command.length === 0 && own.join(" ") !== joined ? own.slice(1) : entrypoint, command };
}

function observeEnv(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Behind each network's aliases the engine adds the short id, and from 5.x on the hostname where one was asked for. */
function observeAttachments(settings: Json, id: string): ContainerDetail["attachments"] {
  return Object.fromEntries(
    Object.entries(asRecord(settings["Networks"])).map(([name, value]) => {
      const network = asRecord(value);
      const all = asTexts(network["Aliases"]);
      const own = all.indexOf(id.slice(0, 12));
      const aliases = own < 0 ? all : all.slice(0, own);
      return [name, { ip: asText(network["IPAddress"]), gateway: asText(network["Gateway"]), aliases }];
    }),
  );
}

/** `{"80/tcp": [{"HostIp", "HostPort"}]}`, in the list's order: by container port, then protocol. */
function observePorts(bindings: Json): readonly PortSpec[] {
  return Object.entries(bindings).flatMap(([key, hosts]) => {
    const [container = "", protocol] = key.split("/");
    return asList(hosts)
      .map(asRecord)
      .map((host) => ({
        container: Number(container),
        host: Number(asText(host["HostPort"])),
        protocol: protocol === "udp" ? ("udp" as const) : ("tcp" as const),
        bind: asText(host["HostIp"]) || "0.0.0.0",
      }))
      .filter((port) => isPort(port.container) && isPort(port.host));
  });
}

const NANOS_PER_MS = 1_000_000;

function observeHealth(check: Json): ContainerDetail["health"] {
  return { test: asTexts(check["Test"]), timeout: asNumber(check["Timeout"]) / NANOS_PER_MS };
}
