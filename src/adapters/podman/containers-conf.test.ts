import { expect, it } from "vitest";
import { containersConf } from "./containers-conf.ts";
import { hasCapability, type PodmanHost } from "./host-facts.ts";

const host: PodmanHost = {
  unifiedCgroups: true,
  systemd: true,
  mayRaiseLimits: true,
  limits: { nofile: 20_000, nproc: 32_768 },
  runtimes: ["crun", "runc"],
};
const settings = (changes: Partial<PodmanHost>): readonly string[] =>
  containersConf({ ...host, ...changes })
    .split("\n")
    .filter((line) => line.includes("="));
const ALWAYS = ['log_driver = "k8s-file"', 'network_backend = "netavark"', 'events_logger = "file"'];

it.each<[string, Partial<PodmanHost>, readonly string[]]>([
  ["a plain Debian machine", {}, []],
  ["hybrid cgroups", { unifiedCgroups: false }, ['runtime = "runc"']],
  ["runc alone", { runtimes: ["runc"] }, ['runtime = "runc"']],
  ["no systemd", { systemd: false }, ['cgroup_manager = "cgroupfs"']],
  ["no CAP_SYS_RESOURCE", { mayRaiseLimits: false }, ['default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]']],
])("a configuration for %s says what that host needs and no more", (_, changes, expected) => {
  expect(settings(changes).toSorted()).toEqual([...ALWAYS, ...expected].toSorted());
});

it.each([
  ["CapEff:\t000001ffffffffff", true],
  ["CapEff:\t000001fffeffffff", false],
  ["", false],
])("CAP_SYS_RESOURCE in %s: %s", (status, expected) => {
  expect(hasCapability(status, 24n)).toBe(expected);
});
