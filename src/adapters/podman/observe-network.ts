import type { ObservedNetwork } from "../../core/observed/observed.ts";
import { asRecord, asText, asTextRecord, asList } from "./json-read.ts";

/** One element of `GET networks/json`. Pure. */
export function observeNetwork(value: unknown): ObservedNetwork {
  const network = asRecord(value);
  return {
    name: asText(network["name"]),
    id: asText(network["id"]),
    bridge: asText(network["driver"]) === "bridge" ? asText(network["network_interface"]) : "",
    labels: asTextRecord(network["labels"]),
    options: asTextRecord(network["options"]),
    dns: network["dns_enabled"] === true,
  };
}

/** The host's own IPv4 address on that network; null where it has none. */
export function gatewayOf(value: unknown): string | null {
  const gateways = asList(asRecord(value)["subnets"]).map((subnet) => asText(asRecord(subnet)["gateway"]));
  return gateways.find((gateway) => gateway.includes(".")) ?? null;
}
