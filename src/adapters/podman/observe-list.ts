import { containerId } from "../../core/ids.ts";
import type { ContainerSummary, EngineState } from "../../core/observed/observed.ts";
import type { PortSpec } from "../../core/spec/container-spec.ts";
import { asList, asNumber, asRecord, asText, asTextRecord, asTexts, asTime } from "./json-read.ts";

/** One row of `GET containers/json`. Pure. 4.3 and 5.x give the same fields. */
export function observeRow(value: unknown): ContainerSummary {
  const row = asRecord(value);
  const state = engineState(asText(row["State"]));
  return {
    id: containerId(asText(row["Id"])),
    name: asTexts(row["Names"])[0] ?? "",
    image: asText(row["Image"]),
    imageId: imageId(asText(row["ImageID"])),
    labels: asTextRecord(row["Labels"]),
    state,
    pid: asNumber(row["Pid"]),
    createdAt: asTime(row["Created"]),
    startedAt: asTime(row["StartedAt"]),
    // 4.3 keeps the last end's time and code through a later start.
    exitedAt: isOver(state) ? asTime(row["ExitedAt"]) : 0,
    exitCode: isOver(state) ? asNumber(row["ExitCode"]) : 0,
    networks: asTexts(row["Networks"]).toSorted(),
    ports: asList(row["Ports"]).flatMap(observePorts),
  };
}

const STATES: Readonly<Record<string, EngineState>> = {
  configured: "created",
  created: "created",
  initialized: "created",
  running: "running",
  paused: "paused",
  stopping: "stopping",
  stopped: "stopped",
  exited: "exited",
  removing: "removing",
};

export const engineState = (word: string): EngineState => STATES[word] ?? "unknown";

export const isOver = (state: EngineState): boolean => state === "exited" || state === "stopped";

export const imageId = (text: string): string => text.replace(/^sha256:/, "");

/** Neighbouring ports come folded into one row with a range; protocols may come as `tcp,udp`. */
function observePorts(value: unknown): readonly PortSpec[] {
  const row = asRecord(value);
  const range = Math.max(1, asNumber(row["range"]));
  return (asText(row["protocol"]) || "tcp").split(",").flatMap((protocol) =>
    Array.from({ length: range }, (_, offset) => ({
      container: asNumber(row["container_port"]) + offset,
      host: asNumber(row["host_port"]) + offset,
      protocol: protocol === "udp" ? ("udp" as const) : ("tcp" as const),
      bind: asText(row["host_ip"]) || "0.0.0.0",
    })),
  );
}
