import { describe, expect, it } from "vitest";
import { observeEvent } from "./observe-event.ts";
import { observeInspect } from "./observe-inspect.ts";
import { observeRow } from "./observe-list.ts";
import { gatewayOf, observeNetwork } from "./observe-network.ts";
import { observeStats } from "./observe-stats.ts";

const ID = "60ec424dc176a70290af458493099660c4ee62aed9971f9f832ac78b9ae3a747";

/** As 4.3.1 lists it. */
const ROW = {
  Created: "2026-11-22T19:23:21.050884504Z",
  Exited: false,
  ExitedAt: -62135596800,
  ExitCode: 0,
  Id: ID,
  Image: "localhost/bb:latest",
  ImageID: "be6d09",
  Labels: { l: "1" },
  Names: ["full"],
  Networks: ["n2", "n1"],
  Pid: 345,
  Ports: [
    { host_ip: "127.0.0.1", container_port: 80, host_port: 18080, range: 2, protocol: "tcp" },
    { host_ip: "", container_port: 81, host_port: 18081, range: 1, protocol: "udp" },
  ],
  StartedAt: 1795375401,
  State: "running",
};

describe("a row of the list", () => {
  it("is read with times in ms, sorted networks and each port by itself", () => {
    expect(observeRow(ROW)).toEqual({
      id: ID,
      name: "full",
      image: "localhost/bb:latest",
      imageId: "be6d09",
      labels: { l: "1" },
      state: "running",
      pid: 345,
      createdAt: 1795375401050,
      startedAt: 1795375401000,
      exitedAt: 0,
      exitCode: 0,
      networks: ["n1", "n2"],
      ports: [
        { container: 80, host: 18080, protocol: "tcp", bind: "127.0.0.1" },
        { container: 81, host: 18081, protocol: "tcp", bind: "127.0.0.1" },
        { container: 81, host: 18081, protocol: "udp", bind: "0.0.0.0" },
      ],
    });
  });

  it.each([
    ["configured", "created"],
    ["initialized", "created"],
    ["exited", "exited"],
    ["removing", "removing"],
    ["hibernating", "unknown"],
  ])("in state %s is %s to us", (word, state) => {
    expect(observeRow({ ...ROW, State: word, Exited: word === "exited" }).state).toBe(state);
  });

  it("whose end nobody saw, since the machine went down, is as created: no code of it counts (5.4.2)", () => {
    const lost = { State: "exited", Exited: false, ExitedAt: 1795375390, ExitCode: 0 };
    expect(observeRow({ ...ROW, ...lost })).toMatchObject({
      state: "created",
      startedAt: 1795375401000,
      exitedAt: 0,
      exitCode: 0,
    });
  });

  it.each(["constructor", "__proto__", "toString"])("in a state called %s is unknown to us", (word) => {
    expect(observeRow({ ...ROW, State: word }).state).toBe("unknown");
  });

  it.each([
    [{ Pid: Infinity }, { pid: 0 }],
    [{ Created: 1e15 }, { createdAt: 0 }],
    [
      { State: "exited", Exited: true, ExitedAt: Infinity, ExitCode: -Infinity },
      { exitedAt: 0, exitCode: 0 },
    ],
    [{ Ports: [{ container_port: 80, host_port: 65_535, range: 4 }] }, { ports: [{ container: 80, host: 65_535 }] }],
    [{ Ports: [{ container_port: 80.5, host_port: 1e9, range: 1 }] }, { ports: [] }],
  ])("says no number that can't be: %j", (said, seen) => {
    expect(observeRow({ ...ROW, ...said })).toMatchObject(seen);
  });

  it("of more ports than there are is cut off", () => {
    const Ports = Array.from({ length: 1_000 }, () => ({ container_port: 1, host_port: 1, range: 1e9 }));
    expect(observeRow({ ...ROW, Ports }).ports).toHaveLength(131_072);
  });

  it("tells the end only of what has ended", () => {
    const over = { ExitedAt: 1795375402, ExitCode: 3 };
    expect(observeRow({ ...ROW, ...over, State: "exited", Exited: true })).toMatchObject({
      exitedAt: 1795375402000,
      exitCode: 3,
    });
    expect(observeRow({ ...ROW, ...over })).toMatchObject({ exitedAt: 0, exitCode: 0 });
  });

  it("may lack everything", () => {
    expect(observeRow({ Id: ID, Labels: null, Networks: null, Ports: null })).toMatchObject({
      id: ID,
      labels: {},
      ports: [],
    });
  });
});

/** As 4.3.1 inspects it. */
const INSPECT = {
  Id: ID,
  Created: "2026-11-22T19:23:21.050884504Z",
  Path: "/run/podman-init",
  Args: ["--", "/bin/sh", "-c", "sleep 1000"],
  State: {
    Status: "running",
    Pid: 345,
    ExitCode: 0,
    OOMKilled: false,
    Error: "",
    StartedAt: "2026-11-22T19:23:21.154022367Z",
    FinishedAt: "0001-01-01T00:00:00Z",
  },
  Image: "be6d09",
  ImageName: "localhost/bb:latest",
  Name: "full",
  BoundingCaps: ["CAP_NET_ADMIN"],
  EffectiveCaps: ["CAP_NET_ADMIN"],
  Mounts: [
    { Type: "bind", Source: "/srv", Destination: "/data", RW: true },
    { Type: "volume", Name: "named", Source: "/store/named/_data", Destination: "/named", RW: false },
    { Type: "volume", Name: ID, Source: "/store/x/_data", Destination: "/anon", RW: true },
  ],
  NetworkSettings: {
    Networks: { n1: { IPAddress: "10.89.0.2", Gateway: "10.89.0.1", Aliases: ["al1", "60ec424dc176"] } },
  },
  Config: {
    Hostname: "hh",
    User: "1000:1000",
    Env: ["A=x=y\nz", "EMPTY=", "BARE"],
    Cmd: ["sleep 1000"],
    Entrypoint: "/bin/sh -c",
    Labels: { l: "1" },
    Annotations: { "archipelago.x": "y" },
    StopSignal: 10,
    StopTimeout: 5,
    WorkingDir: "/work",
    Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 30_000_000_000, Timeout: 5_000_000_000 },
    HealthcheckOnFailureAction: "none",
    Umask: "0022",
    Timeout: 0,
    CreateCommand: [
      "podman",
      "run",
      "--sysctl",
      "net.core.somaxconn=512",
      "--sysctl=net.ipv4.ip_forward=1",
      "--init",
      "bb",
      "sleep 1000",
    ],
  },
  HostConfig: {
    NetworkMode: "bridge",
    PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "18080" }] },
    RestartPolicy: { Name: "no" },
    CapAdd: ["CAP_NET_ADMIN"],
    CapDrop: ["CAP_CHOWN", "CAP_KILL"],
    Privileged: false,
    ReadonlyRootfs: true,
    Tmpfs: { "/scratch": "size=64m,rw,nosuid" },
    ExtraHosts: ["six:fd00::1"],
    Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/other", CgroupPermissions: "" }],
    SecurityOpt: ["no-new-privileges"],
    ShmSize: 65536000,
    Ulimits: [{ Name: "RLIMIT_NOFILE", Soft: 1024, Hard: 2048 }],
    PidMode: "private",
    IpcMode: "shareable",
    UTSMode: "private",
    Dns: [],
    Memory: 67108864,
    NanoCpus: 1500000000,
    PidsLimit: 99,
    Init: true,
  },
};

/** What 5.x says otherwise. */
const INSPECT_5 = {
  ...INSPECT,
  NetworkSettings: {
    Networks: { n1: { IPAddress: "10.89.0.2", Gateway: "10.89.0.1", Aliases: ["al1", "60ec424dc176", "hh"] } },
  },
  Config: { ...INSPECT.Config, Entrypoint: ["/bin/sh", "-c"], StopSignal: "SIGUSR1" },
};

describe("an inspect", () => {
  it.each([
    ["4.3", INSPECT],
    ["5.x", INSPECT_5],
  ])("of Podman %s is read whole", (_, inspect) => {
    expect(observeInspect(inspect)).toEqual({
      id: ID,
      name: "full",
      image: "localhost/bb:latest",
      imageId: "be6d09",
      labels: { l: "1" },
      state: "running",
      pid: 345,
      createdAt: 1795375401050,
      startedAt: 1795375401154,
      exitedAt: 0,
      exitCode: 0,
      networks: ["n1"],
      ports: [{ container: 80, host: 18080, protocol: "tcp", bind: "0.0.0.0" }],
      annotations: { "archipelago.x": "y" },
      entrypoint: ["/bin/sh", "-c"],
      command: ["sleep 1000"],
      env: { A: "x=y\nz", EMPTY: "", BARE: "" },
      user: "1000:1000",
      hostname: "hh",
      workingDir: "/work",
      init: true,
      mounts: [
        { source: "/srv", target: "/data", readOnly: false, kind: "bind", name: "" },
        { source: "/store/named/_data", target: "/named", readOnly: true, kind: "volume", name: "named" },
        { source: "/store/x/_data", target: "/anon", readOnly: false, kind: "anonymous", name: ID },
      ],
      tmpfs: { "/scratch": ["size=64m", "rw", "nosuid"] },
      networkMode: "bridge",
      attachments: { n1: { ip: "10.89.0.2", gateway: "10.89.0.1", aliases: ["al1"] } },
      extraHosts: [{ host: "six", ip: "fd00::1" }],
      devices: [{ source: "/dev/fuse", target: "/dev/other" }],
      capabilities: { standard: ["CHOWN", "KILL"], bounding: ["NET_ADMIN"], effective: ["NET_ADMIN"] },
      privileged: false,
      readOnly: true,
      noNewPrivileges: true,
      shmSize: 65536000,
      ulimits: { nofile: { soft: 1024, hard: 2048 } },
      sysctls: { "net.core.somaxconn": "512", "net.ipv4.ip_forward": "1" },
      restartPolicy: "no",
      resources: { memory: 67108864, cpus: 1.5, pids: 99 },
      stop: { signal: "SIGUSR1", grace: 5_000 },
      health: { test: ["CMD-SHELL", "true"], timeout: 5_000 },
      extras: {},
      oomKilled: false,
      error: "",
    });
  });

  it.each([
    [["CHOWN"], ["CHOWN", "KILL"], []],
    [["CHOWN", "KILL", "NET_ADMIN"], ["KILL", "NET_ADMIN"], ["CHOWN"]],
  ])("with %j bound reckons what the engine grants by itself", (standard, bound, dropped) => {
    const prefix = (names: readonly string[]): readonly string[] => names.map((name) => `CAP_${name}`);
    const added = bound.filter((name) => !standard.includes(name));
    const HostConfig = { ...INSPECT.HostConfig, CapAdd: prefix(added), CapDrop: prefix(dropped) };
    const { capabilities } = observeInspect({ ...INSPECT, BoundingCaps: prefix(bound), HostConfig });
    expect(capabilities).toMatchObject({ bounding: bound, standard });
  });

  it.each([
    ["the command", { Entrypoint: "", Cmd: ["/bin/serve"] }, [], ["/bin/serve"]],
    ["the entrypoint", { Entrypoint: "/bin/serve", Cmd: null }, ["/bin/serve"], []],
  ])("of a line of one word knows that it is %s", (_what, words, entrypoint, command) => {
    const HostConfig = { ...INSPECT.HostConfig, Init: false };
    const line = { Path: "/bin/serve", Args: ["/bin/serve"], Config: { ...INSPECT.Config, ...words } };
    expect(observeInspect({ ...INSPECT, HostConfig, ...line })).toMatchObject({ entrypoint, command });
  });

  it("of a container that the API made tells no kernel settings", () => {
    const Config = { ...INSPECT.Config, CreateCommand: undefined };
    expect(observeInspect({ ...INSPECT, Config }).sysctls).toBeNull();
  });

  it("takes what the program is told for no option of the engine", () => {
    const Cmd = ["--sysctl", "a.b=1"];
    const Config = { ...INSPECT.Config, Cmd, CreateCommand: ["podman", "run", "bb", ...Cmd] };
    expect(observeInspect({ ...INSPECT, Config }).sysctls).toEqual({});
  });

  it("names what no manifest can ask for", () => {
    const Config = { ...INSPECT.Config, Umask: "0077", Tty: true, Timeout: 60, Secrets: [{ Name: "s", ID: "1" }] };
    const HostConfig = {
      ...INSPECT.HostConfig,
      PidMode: "host",
      Dns: ["192.0.2.53"],
      AutoRemove: true,
      OomScoreAdj: -500,
      SecurityOpt: ["no-new-privileges", "seccomp=unconfined"],
    };
    expect(observeInspect({ ...INSPECT, Pod: "p", Config, HostConfig }).extras).toEqual({
      pod: "p",
      pid: "host",
      umask: "0077",
      auto_remove: "yes",
      tty: "yes",
      dns: "192.0.2.53",
      timeout: "60",
      oom_score_adj: "-500",
      security_opt: "seccomp=unconfined",
      secrets: "s",
    });
  });
});

describe("networks, events and samples", () => {
  it("are read as 4.3 says them", () => {
    const network = {
      name: "n1",
      id: "1be6",
      driver: "bridge",
      network_interface: "podman1",
      dns_enabled: true,
      subnets: [
        { subnet: "fd00::/64", gateway: "fd00::1" },
        { subnet: "10.89.0.0/24", gateway: "10.89.0.1" },
      ],
      options: { isolate: "true" },
    };
    const observed = { name: "n1", id: "1be6", bridge: "podman1", labels: {}, options: { isolate: "true" }, dns: true };
    expect(observeNetwork(network)).toEqual(observed);
    expect(observeNetwork({ ...network, driver: "macvlan" }).bridge).toBe("");
    expect(gatewayOf(network)).toBe("10.89.0.1");
    expect(gatewayOf({})).toBeNull();
    expect(
      observeEvent({ Type: "container", Action: "died", Actor: { ID: ID }, time: 5, timeNano: 5_000_000_007 }),
    ).toEqual({ type: "container", action: "died", subject: ID, at: 5_000 });
    expect(observeEvent({ Type: "system", Action: "refresh", Actor: { ID: "" }, time: 5 })).toMatchObject({
      type: "other",
    });
  });

  it.each([
    ["4.3", { NetInput: 446, NetOutput: 1580 }],
    ["5.x", { Network: { eth0: { RxBytes: 400, TxBytes: 1500 }, eth1: { RxBytes: 46, TxBytes: 80 } } }],
  ])("sum the traffic of all interfaces on %s", (_, traffic) => {
    const row = { ContainerID: ID, CPUNano: 5, MemUsage: 6, MemLimit: 7, PIDs: 2, ...traffic };
    expect(observeStats({ Error: null, Stats: [row, { ContainerID: "x", PIDs: 0 }] })).toEqual([
      { id: ID, cpuNanos: 5, memoryBytes: 6, memoryLimitBytes: 7, networkRxBytes: 446, networkTxBytes: 1580, pids: 2 },
    ]);
  });
});
