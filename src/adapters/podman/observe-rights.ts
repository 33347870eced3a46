import type { Capabilities, ContainerDetail } from "../../core/observed/observed.ts";
import { asList, asNumber, asRecord, asText, asTexts, type Json } from "./json-read.ts";

/** What an inspect says of what a container may do. */
export function observeRights(
  inspect: Json,
  host: Json,
): Pick<ContainerDetail, "devices" | "capabilities" | "privileged" | "readOnly" | "noNewPrivileges"> {
  return {
    devices: asList(host["Devices"])
      .map(asRecord)
      .map((device) => ({ source: asText(device["PathOnHost"]), target: asText(device["PathInContainer"]) })),
    capabilities: observeCapabilities(inspect, host),
    privileged: host["Privileged"] === true,
    readOnly: host["ReadonlyRootfs"] === true,
    noNewPrivileges: asTexts(host["SecurityOpt"]).some((option) => /^no-new-privileges(:true)?$/.test(option)),
  };
}

const names = (value: unknown): readonly string[] => asTexts(value).map((name) => name.replace(/^CAP_/, ""));

/** CapAdd and CapDrop are told as what differs from the engine's own set, so that set can be reckoned from them. */
function observeCapabilities(inspect: Json, host: Json): Capabilities {
  const [added, dropped] = [names(host["CapAdd"]), names(host["CapDrop"])];
  const bounding = names(inspect["BoundingCaps"]).toSorted();
  return {
    standard: [...new Set([...bounding.filter((name) => !added.includes(name)), ...dropped])].toSorted(),
    bounding,
    effective: names(inspect["EffectiveCaps"]).toSorted(),
  };
}

/** `RLIMIT_NOFILE` -> `nofile`. */
export function observeUlimits(value: unknown): ContainerDetail["ulimits"] {
  return Object.fromEntries(
    asList(value)
      .map(asRecord)
      .map((limit) => [
        asText(limit["Name"])
          .replace(/^RLIMIT_/i, "")
          .toLowerCase(),
        { soft: asNumber(limit["Soft"]), hard: asNumber(limit["Hard"]) },
      ]),
  );
}

/** `name:192.0.2.1`, `name:fd00::1` */
export function observeExtraHost(line: string): ContainerDetail["extraHosts"][number] {
  const at = line.indexOf(":");
  return { host: line.slice(0, at), ip: line.slice(at + 1) };
}

/** No inspect tells them (4.3, 5.4), but that of a container made by the command line holds that line. */
export function observeSysctls(config: Json): ContainerDetail["sysctls"] {
  const line = asTexts(config["CreateCommand"]);
  if (line.length === 0) return null;
  // What the program itself is told comes last, and is no option of the engine.
  const options = line.slice(0, line.length - asTexts(config["Cmd"]).length);
  const given = options.flatMap((option, index) =>
    option === "--sysctl" ? (options[index + 1] ?? []) : option.startsWith("--sysctl=") ? option.slice(9) : [],
  );
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
