import type { ContainerDetail, ObservedMount } from "../../core/observed/observed.ts";
import { asList, asRecord, asText, type Json } from "./json-read.ts";

/** How Podman names a volume that nobody named. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

/** What an inspect says of binds, volumes and folders in memory. 4.3 lists the last apart from the others. */
export function observeMounts(inspect: Json, host: Json): Pick<ContainerDetail, "mounts" | "tmpfs"> {
  return {
    mounts: asList(inspect["Mounts"])
      .map(asRecord)
      .filter((mount) => asText(mount["Type"]) !== "tmpfs")
      .map(observeMount),
    tmpfs: Object.fromEntries(
      Object.entries(asRecord(host["Tmpfs"]))
        .map(([target, options]) => [target, asText(options).split(",").filter(Boolean)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function observeMount(mount: Json): ObservedMount {
  const volume = asText(mount["Type"]) === "volume" ? asText(mount["Name"]) : "";
  return {
    source: asText(mount["Source"]),
    target: asText(mount["Destination"]),
    readOnly: mount["RW"] !== true,
    kind: volume === "" ? "bind" : ANONYMOUS.test(volume) ? "anonymous" : "volume",
    name: volume,
  };
}
