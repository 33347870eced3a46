import type { ContainerSpec, PortSpec } from "../spec/container-spec.ts";
import { one, type EngineView, type FieldValues } from "./field.ts";

/** Words for a network of its own, which is then joined to others. */
const BRIDGED = new Set(["bridge", "default", "private", ""]);

export function readNetworkMode({ detail }: EngineView): FieldValues {
  return one(BRIDGED.has(detail.networkMode) ? "bridge" : detail.networkMode);
}

export const joinedText = (aliases: readonly string[]): string => aliases.join(" ") || "joined";

/** Others find a container by its aliases and by its own name, so that a name may stand in for an alias. */
export function readNetworks({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  const asked = spec.network.mode === "bridge" ? spec.network.networks : [];
  return Object.fromEntries(
    detail.networks.map((name) => {
      const wanted = asked.find((network) => network.name === name);
      if (!wanted) return [name, "joined"];
      const names = [...new Set([...(detail.attachments[name]?.aliases ?? []), detail.name])];
      return [name, joinedText(wanted.aliases.every((alias) => names.includes(alias)) ? wanted.aliases : names)];
    }),
  );
}

/** A port of the container may be published more than once. */
export function publish(ports: readonly PortSpec[]): FieldValues {
  const places = new Map<string, string[]>();
  for (const port of ports) {
    const key = `${port.container}/${port.protocol}`;
    const bind = port.bind === "" ? "0.0.0.0" : port.bind;
    places.set(key, [...(places.get(key) ?? []), `${bind}:${port.host}`]);
  }
  return Object.fromEntries([...places].map(([key, hosts]) => [key, hosts.toSorted().join(", ")]));
}

/** `host-gateway` is an address by the time the engine is told. */
export function readExtraHosts({ detail }: EngineView, spec: ContainerSpec): FieldValues {
  const host = detail.networkMode === "host" ? ["127.0.0.1"] : [];
  const gateways = [...Object.values(detail.attachments).map(({ gateway }) => gateway), ...host];
  return Object.fromEntries(
    detail.extraHosts.map(({ host: name, ip }) => {
      const wanted = spec.extraHosts.find((extra) => extra.host === name)?.ip;
      return [name, wanted === "host-gateway" && gateways.includes(ip) ? wanted : ip];
    }),
  );
}
