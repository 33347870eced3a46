import { describe, expect, it } from "vitest";
import { diagnose, type DoctorFacts } from "./doctor.ts";
import { filesystemOf } from "./doctor-facts.ts";

const healthy: DoctorFacts = {
  root: true,
  host: {
    unifiedCgroups: true,
    systemd: true,
    mayRaiseLimits: true,
    limits: { nofile: 1_048_576, nproc: 1_048_576 },
    runtimes: ["crun"],
  },
  programs: {
    podman: "/usr/bin/podman",
    conmon: "/usr/bin/conmon",
    netavark: "/usr/lib/podman/netavark",
    "aardvark-dns": "/usr/lib/podman/aardvark-dns",
    catatonit: "/usr/bin/catatonit",
    iptables: "/usr/sbin/iptables",
    nft: null,
    ip: "/usr/sbin/ip",
  },
  podmanVersion: "4.3.1",
  socket: "/run/podman/podman.sock",
  service: { version: "4.3.1", runtime: "crun", networkBackend: "netavark", cgroups: "v2" },
  storageFilesystem: "ext4",
  runFilesystem: "tmpfs",
  freeBytes: 100e9,
};

const wrong = (changes: Partial<DoctorFacts>): readonly string[] =>
  diagnose({ ...healthy, ...changes })
    .filter((finding) => !finding.ok)
    .map((finding) => finding.name);

const without = (name: keyof DoctorFacts["programs"]): Partial<DoctorFacts> => ({
  programs: { ...healthy.programs, [name]: null },
});

describe("doctor", () => {
  it("finds nothing on a healthy host", () => {
    expect(wrong({})).toEqual([]);
  });

  it("takes no offence at a service that nobody has started yet", () => {
    expect(wrong({ service: null })).toEqual([]);
  });

  it.each<[string, Partial<DoctorFacts>, string]>([
    ["no root", { root: false }, "root"],
    ["no Podman", without("podman"), "podman"],
    ["an old Podman", { podmanVersion: "4.2.9" }, "podman"],
    ["a very old Podman", { podmanVersion: "3.4.4" }, "podman"],
    ["a Podman that fails", { podmanVersion: null }, "podman"],
    ["crun alone on hybrid cgroups", { host: { ...healthy.host, unifiedCgroups: false } }, "runtime"],
    [
      "a service with crun on hybrid cgroups, where runc is there too",
      { host: { ...healthy.host, unifiedCgroups: false, runtimes: ["crun", "runc"] } },
      "runtime",
    ],
    ["no runtime", { host: { ...healthy.host, runtimes: [] } }, "runtime"],
    [
      "low limits that can't be raised",
      { host: { ...healthy.host, mayRaiseLimits: false, limits: { nofile: 512, nproc: 4_096 } } },
      "limits",
    ],
    ["no netavark", without("netavark"), "netavark"],
    ["no aardvark-dns", without("aardvark-dns"), "aardvark-dns"],
    ["no catatonit", without("catatonit"), "catatonit"],
    ["no conmon", without("conmon"), "conmon"],
    ["no iptables", without("iptables"), "iptables"],
    ["no ip", without("ip"), "ip"],
    [
      "CNI networks",
      { service: { version: "4.3.1", runtime: "crun", networkBackend: "cni", cgroups: "v2" } },
      "service",
    ],
    ["/run on a disk", { runFilesystem: "ext4" }, "run directory"],
    ["a store on an overlay", { storageFilesystem: "overlay" }, "storage"],
    ["a full disk", { freeBytes: 1e9 }, "free space"],
  ])("names %s, and what to do about it", (_, changes, name) => {
    expect(wrong(changes)).toEqual([name]);
    expect(diagnose({ ...healthy, ...changes }).find((finding) => finding.name === name)?.next).not.toBe("");
  });

  it.each(["4.3.0", "4.9.3", "5.4.2", "10.0"])("is content with Podman %s", (podmanVersion) => {
    expect(wrong({ podmanVersion })).toEqual([]);
  });
});

it.each([
  ["/var/lib/containers", "ext4"],
  ["/run", "tmpfs"],
  ["/runner", "overlay"],
])("the filesystem of %s is %s", (path, type) => {
  const mounts = "overlay / overlay rw 0 0\ntmpfs /run tmpfs rw 0 0\n/dev/sda /var/lib ext4 rw 0 0\n";
  expect(filesystemOf(path, mounts)).toBe(type);
});
