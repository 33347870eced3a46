import { containerId } from "../../core/ids.ts";
import type { ContainerSummary, EngineState } from "../../core/observed/observed.ts";
import type { PortSpec } from "../../core/spec/container-spec.ts";
import { asList, asNumber, asRecord, asText, asTextRecord, asTexts, asTime } from "./json-read.ts";

/** One row of `GET containers/json`. Pure. 4.3 and 5.x give the same fields. */
export function observeRow(value: unknown): ContainerSummary {
  const row = asRecord(value);
  const word = asText(row["State"]);
  // After a boot 5.x says exited, with code 0, of what ran when the machine went down, and not that it has exited. For
  // 4.3 it is created: what is known is that it ran, not how it ended, and a one-shot may have done half of its work.
  const state = word === "exited" && row["Exited"] === false ? "created" : engineState(word);
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
    ports: asList(row["Ports"]).values().flatMap(observePorts).take(MOST_PORTS).toArray(),
  };
}

/** A map, for an engine's word may also be one that every object has. */
const STATES: ReadonlyMap<string, EngineState> = new Map([
  ["configured", "created"],
  ["created", "created"],
  ["initialized", "created"],
  ["running", "running"],
  ["paused", "paused"],
  ["stopping", "stopping"],
  ["stopped", "stopped"],
  ["exited", "exited"],
  ["removing", "removing"],
]);

export const engineState = (word: string): EngineState => STATES.get(word) ?? "unknown";

export const isOver = (state: EngineState): boolean => state === "exited" || state === "stopped";

export const imageId = (text: string): string => text.replace(/^sha256:/, "");

const LAST_PORT = 65_535;
/** All ports of tcp and udp; an answer that claims more is wrong, and must not take the memory. */
const MOST_PORTS = 2 * (LAST_PORT + 1);

export const isPort = (number: number): boolean => Number.isInteger(number) && number >= 0 && number <= LAST_PORT;

/** Neighbouring ports come folded into one row with a range; protocols may come as `tcp,udp`. */
function* observePorts(value: unknown): Generator<PortSpec, undefined> {
  const row = asRecord(value);
  const range = Math.max(1, asNumber(row["range"]));
  const [container, host] = [asNumber(row["container_port"]), asNumber(row["host_port"])];
  for (const protocol of (asText(row["protocol"]) || "tcp").split(",")) {
    for (let offset = 0; offset < range && isPort(container + offset) && isPort(host + offset); offset += 1) {
      yield {
        container: container + offset,
        host: host + offset,
        protocol: protocol === "udp" ? "udp" : "tcp",
        bind: asText(row["host_ip"]) || "0.0.0.0",
      };
    }
  }
}
