import { containerId } from "../../core/ids.ts";
import type { ContainerStats } from "../../ports/engine.ts";
import { asList, asNumber, asRecord, asText, type Json } from "./json-read.ts";

/** The answer of `GET containers/stats`. Pure. 4.3 lists what does not run with zeros; that is left out. */
export function observeStats(value: unknown): readonly ContainerStats[] {
  return asList(asRecord(value)["Stats"])
    .map(asRecord)
    .filter((row) => asNumber(row["PIDs"]) > 0)
    .map((row) => ({
      id: containerId(asText(row["ContainerID"])),
      cpuNanos: asNumber(row["CPUNano"]),
      memoryBytes: asNumber(row["MemUsage"]),
      memoryLimitBytes: asNumber(row["MemLimit"]),
      networkRxBytes: bytes(row, "NetInput", "RxBytes"),
      networkTxBytes: bytes(row, "NetOutput", "TxBytes"),
      pids: asNumber(row["PIDs"]),
    }));
}

/** One sum up to 4.x; from 5.0 on a record of interfaces. */
function bytes(row: Json, sum: string, each: string): number {
  if (typeof row[sum] === "number") return asNumber(row[sum]);
  return Object.values(asRecord(row["Network"])).reduce<number>((all, one) => all + asNumber(asRecord(one)[each]), 0);
}
