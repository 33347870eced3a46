/** How many processors `/sys/devices/system/cpu/online` lists: `0-3,6` is 5; null where the text is no such list. */
export function countCpus(online: string): number | null {
  const ranges = online
    .trim()
    .split(",")
    .map((range) => /^(\d+)(?:-(\d+))?$/.exec(range));
  let count = 0;
  for (const range of ranges) {
    if (range === null) return null;
    count += Number(range[2] ?? range[1]) - Number(range[1]) + 1;
  }
  return count;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** Node's word for the architecture as OCI images say it. */
export function ociArchitecture(nodeArchitecture: string): string {
  return ARCHITECTURES[nodeArchitecture] ?? nodeArchitecture;
}

/** avahi announces the first label alone: `box` and `box.example.org` are both `box.local`. */
export function mdnsName(hostName: string): string {
  return `${hostName.split(".")[0] ?? hostName}.local`;
}

/** The IANA name in what /etc/localtime links to, such as `../usr/share/zoneinfo/Europe/Vienna`; null: none. */
export function zoneOfLink(target: string): string | null {
  const name = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(target)?.[1];
  return name === undefined || name === "localtime" ? null : name;
}
