import type { EngineEvent } from "../../ports/engine.ts";
import { asNumber, asRecord, asText } from "./json-read.ts";

/** One line of `GET events`. Pure. */
export function observeEvent(value: unknown): EngineEvent {
  const event = asRecord(value);
  const type = asText(event["Type"]);
  const actor = asRecord(event["Actor"]);
  return {
    type: type === "container" || type === "image" || type === "network" ? type : "other",
    action: asText(event["Action"]),
    subject: asText(actor["ID"]) || asText(asRecord(actor["Attributes"])["name"]),
    at: Math.floor(asNumber(event["timeNano"]) / 1e6) || asNumber(event["time"]) * 1_000,
  };
}
