import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { NetworkInterfaceInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FACT_NAMES } from "../../core/facts.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";
import { hostAddress } from "./host-address.ts";
import { HostFactSource } from "./host-facts.ts";
import { countCpus, mdnsName, ociArchitecture, zoneOfLink } from "./host-texts.ts";
import { defaultRoutes4, defaultRoutes6 } from "./route-table.ts";

/** A laptop on cable and wireless, with a bridge of containers and a VPN that is down. */
const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	010200C0	0003	0	0	100	00000000	0	0	0
tun0	00000000	0100080A	0002	0	0	1	00000000	0	0	0
podman1	0000590A	00000000	0001	0	0	0	00FFFFFF	0	0	0
wg0	00000000	00000000	0001	0	0	0	000000FE	0	0	0
eth0	000200C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
`;

const ZERO = "0".repeat(32);
const ROUTES6 = `${ZERO} 00 ${ZERO} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
${ZERO} 00 ${ZERO} 00 fe800000000000000000000000000002 00000200 00000001 00000000 00000003 wlan0
fe800000000000000000000000000000 40 ${ZERO} 00 ${ZERO} 00000100 00000001 00000000 00000001 eth0
${ZERO} 00 ${ZERO} 00 ${ZERO} ffffffff 00000001 00000000 00200200 lo
`;

function address(text: string, internal = false): NetworkInterfaceInfo {
  const common = { address: text, netmask: "", mac: "", internal, cidr: null };
  return text.includes(":") ? { ...common, family: "IPv6", scopeid: 0 } : { ...common, family: "IPv4" };
}

const INTERFACES = {
  lo: [address("127.0.0.1", true), address("::1", true)],
  podman1: [address("10.89.0.1")],
  eth0: [address("fe80::1"), address("192.0.2.7"), address("192.0.2.8"), address("2001:db8::7")],
  wlan0: [address("198.51.100.9")],
};

test("default routes are ranked by metric; those that are down, rejected or no default are left out", () => {
  expect(defaultRoutes4(ROUTES)).toEqual([
    { device: "eth0", metric: 100 },
    { device: "wlan0", metric: 600 },
  ]);
  expect(defaultRoutes6(ROUTES6)).toEqual([
    { device: "wlan0", metric: 0x200 },
    { device: "eth0", metric: 0x400 },
  ]);
});

test.each([
  ["the default route's interface, not the first in the list", ROUTES, ROUTES6, INTERFACES, "192.0.2.7"],
  ["the next route, where the best interface has no address", ROUTES, "", { ...INTERFACES, eth0: [] }, "198.51.100.9"],
  ["IPv6, where there is no IPv4 default route", "", ROUTES6, INTERFACES, "2001:db8::7"],
  ["nothing, where there is no route", "", "", INTERFACES, ""],
  ["nothing, where the interface is unknown", ROUTES, ROUTES6, {}, ""],
  ["nothing, where the tables are torn", "eth0\t0000", "00 00", INTERFACES, ""],
])("the host's address is that of %s", (_case, routes4, routes6, interfaces, expected) => {
  const sources = { routes4: () => routes4, routes6: () => routes6, interfaces: () => interfaces };
  expect(hostAddress(sources)).toBe(expected);
});

test("the interfaces are not listed where there is no route to tell one of them", () => {
  const interfaces = () => {
    throw new Error("listed");
  };
  expect(hostAddress({ routes4: () => "", routes6: () => "", interfaces })).toBe("");
});

test.each([
  ["0\n", 1],
  ["0-3\n", 4],
  ["0-3,6,8-9", 7],
  ["", null],
  ["none", null],
])("the processors online in %j are %j", (text, count) => {
  expect(countCpus(text)).toBe(count);
});

test.each([
  ["x64", "amd64"],
  ["arm64", "arm64"],
  ["riscv64", "riscv64"],
])("%s is %s in an image", (node, oci) => {
  expect(ociArchitecture(node)).toBe(oci);
});

test.each([
  ["box", "box.local"],
  ["box.example.org", "box.local"],
  ["box.local", "box.local"],
])("the host %s announces itself as %s", (name, mdns) => {
  expect(mdnsName(name)).toBe(mdns);
});

test.each([
  ["/usr/share/zoneinfo/Europe/Vienna", "Europe/Vienna"],
  ["../usr/share/zoneinfo/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"],
  ["/usr/share/zoneinfo/posix/UTC", "UTC"],
  ["/etc/elsewhere", null],
  ["", null],
])("a link to %j names the zone %j", (target, zone) => {
  expect(zoneOfLink(target)).toBe(zone);
});

describe("the facts of a host", () => {
  test("are all there on this one", async () => {
    using temporary = temporaryFolder();
    const facts = await new HostFactSource({ dataDir: join(temporary.path, "not/made/yet") }).read();
    expect(Object.keys(facts).toSorted()).toEqual([...FACT_NAMES].toSorted());
    expect(facts.disk_gb).toBeGreaterThan(0);
    expect(facts.memory_mb).toBeGreaterThan(0);
    expect(facts.cpus).toBeGreaterThan(0);
  });

  test("are read again at every look, the address after a few seconds", async () => {
    using temporary = temporaryFolder();
    let now = 1_000;
    const route4 = join(temporary.path, "route");
    const localtime = join(temporary.path, "localtime");
    mkdirSync(join(temporary.path, "zoneinfo"));
    const facts = new HostFactSource({
      dataDir: temporary.path,
      route4,
      route6: join(temporary.path, "absent"),
      localtime,
      timezone: join(temporary.path, "timezone"),
      interfaces: () => INTERFACES,
      hostname: () => "box",
      uptime: () => now,
    });
    expect(await facts.read()).toMatchObject({ host_ip: "", host_mdns: "box.local", timezone: "Etc/UTC" });
    writeFileSync(route4, ROUTES);
    writeFileSync(join(temporary.path, "timezone"), "Europe/Rome\n");
    expect(await facts.read()).toMatchObject({ host_ip: "", timezone: "Europe/Rome" });
    now += 5_000;
    expect(await facts.read()).toMatchObject({ host_ip: "192.0.2.7", timezone: "Europe/Rome" });
    symlinkSync("/usr/share/zoneinfo/Europe/Vienna", localtime);
    expect(await facts.read()).toMatchObject({ timezone: "Europe/Vienna" });
  });

  test("never fail as a whole", async () => {
    const interfaces = () => {
      throw new Error("EMFILE");
    };
    expect(await new HostFactSource({ dataDir: "/", interfaces, cpusOnline: "/absent" }).read()).toMatchObject({
      host_ip: "",
    });
  });
});
