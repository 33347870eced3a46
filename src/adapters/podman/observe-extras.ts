import { asList, asRecord, asText, asTexts, type Json } from "./json-read.ts";

/** Our name, where an inspect says it, and the words that mean nothing was asked for (Podman 4.3 and 5.4). */
const WORDS: readonly (readonly [name: string, section: string, key: string, usual: readonly string[]])[] = [
  ["pod", "", "Pod", []],
  ["timezone", "Config", "Timezone", []],
  ["cgroup_parent", "HostConfig", "CgroupParent", []],
  ["cpuset_cpus", "HostConfig", "CpusetCpus", []],
  ["umask", "Config", "Umask", ["0022"]],
  ["health_on_failure", "Config", "HealthcheckOnFailureAction", ["none"]],
  ["pid", "HostConfig", "PidMode", ["private"]],
  ["ipc", "HostConfig", "IpcMode", ["shareable", "private"]],
  ["uts", "HostConfig", "UTSMode", ["private"]],
  ["userns", "HostConfig", "UsernsMode", ["host"]],
];

const FLAGS = [
  ["auto_remove", "HostConfig", "AutoRemove"],
  ["oom_kill_disable", "HostConfig", "OomKillDisable"],
  ["systemd", "Config", "SystemdMode"],
  ["tty", "Config", "Tty"],
  ["stdin", "Config", "OpenStdin"],
] as const;

const LISTS = [
  ["dns", "HostConfig", "Dns"],
  ["dns_search", "HostConfig", "DnsSearch"],
  ["dns_options", "HostConfig", "DnsOptions"],
  ["group_add", "HostConfig", "GroupAdd"],
] as const;

/** Limits of the kernel that a manifest knows nothing of; 0 is none. */
const NUMBERS = [
  ["timeout", "Config", "Timeout"],
  ["oom_score_adj", "HostConfig", "OomScoreAdj"],
  ["cpu_shares", "HostConfig", "CpuShares"],
  ["memory_reservation", "HostConfig", "MemoryReservation"],
] as const;

/** What a container was given that we never give one and no manifest can ask for. Names and words, no contents. */
export function observeExtras(inspect: Json): Readonly<Record<string, string>> {
  const at = (section: string, key: string): unknown => (section === "" ? inspect : asRecord(inspect[section]))[key];
  const found: [string, string][] = [];
  for (const [name, section, key, usual] of WORDS) {
    const word = asText(at(section, key));
    if (word !== "" && !usual.includes(word)) found.push([name, word]);
  }
  for (const [name, section, key] of FLAGS) if (at(section, key) === true) found.push([name, "yes"]);
  for (const [name, section, key] of LISTS) {
    const list = asTexts(at(section, key));
    if (list.length > 0) found.push([name, list.join(" ")]);
  }
  for (const [name, section, key] of NUMBERS) {
    const value = at(section, key);
    if (typeof value === "number" && value !== 0) found.push([name, String(value)]);
  }
  const security = asTexts(at("HostConfig", "SecurityOpt")).filter((option) => !option.startsWith("no-new-privileges"));
  if (security.length > 0) found.push(["security_opt", security.join(" ")]);
  const secrets = asList(at("Config", "Secrets")).map((secret) => asText(asRecord(secret)["Name"]));
  if (secrets.length > 0) found.push(["secrets", secrets.join(" ")]);
  return Object.fromEntries(found);
}
