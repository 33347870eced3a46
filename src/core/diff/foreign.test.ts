import { describe, expect, test } from "vitest";
import { containerSpec } from "../../testkit/builders.ts";
import { FOREIGN_IMAGE, foreignDetail, foreignView, sealed } from "../../testkit/foreign-container.ts";
import type { ContainerDetail, ObservedMount } from "../observed/observed.ts";
import type { ContainerSpec } from "../spec/container-spec.ts";
import type { EngineView } from "./field.ts";
import { FIELDS } from "./fields.ts";
import { diffForeign } from "./diff-spec.ts";

const CANARY = "canary-a8f3";
const SECRETS = { RPC_PASSWORD: CANARY };

/** Says something of every field. */
const SPEC: ContainerSpec = containerSpec({
  image: "docker.io/library/nginx:1.28",
  args: ["nginx", "-c", "/etc/n.conf"],
  env: { A: "1", B: "2" },
  secretEnv: { RPC_PASSWORD: { secret: "rpc", hmac: sealed("rpc", CANARY) } },
  mounts: [
    { source: "/data/web/db", target: "/db", readOnly: false, kind: "data" },
    { source: "/data/bitcoin/chain", target: "/chain", readOnly: true, kind: "shared" },
  ],
  tmpfs: [{ target: "/scratch", options: ["size=64m", "mode=1777"] }],
  network: { mode: "bridge", networks: [{ name: "archy-net", aliases: ["web"] }] },
  ports: [
    { container: 9735, host: 9735, protocol: "tcp", bind: "0.0.0.0" },
    { container: 53, host: 53, protocol: "udp", bind: "127.0.0.1" },
  ],
  extraHosts: [{ host: "gate", ip: "host-gateway" }],
  devices: ["/dev/dri"],
  capAdd: ["CAP_CHOWN"],
  capDrop: ["ALL"],
  shmSize: 1024,
  ulimits: { nofile: { soft: 1, hard: 2 } },
  sysctls: { "net.core.somaxconn": "512" },
  labels: { tier: "front" },
  resources: { memory: 1_000, cpus: 0.5, pids: 9 },
  stop: { signal: "HUP", grace: 600_000 },
  healthCommand: { command: ["sh", "-c", "true x"], timeout: 2_000 },
});

const bind = (source: string, target: string, readOnly = false): ObservedMount => ({
  source,
  target,
  readOnly,
  kind: "bind",
  name: "",
});

/** What `podman run` with the same intent says of itself. */
const SAME = foreignDetail(SPEC, SECRETS, {
  attachments: { "archy-net": { ip: "10.89.0.9", gateway: "10.89.0.1", aliases: ["other"] } },
  extraHosts: [{ host: "gate", ip: "10.89.0.1" }],
  devices: [{ source: "/dev/dri/card0", target: "/dev/dri/card0" }],
  tmpfs: { "/scratch": ["size=65536k", "rw", "rprivate", "nosuid", "nodev", "tmpcopyup"] },
  ulimits: { nofile: { soft: 1, hard: 2 }, nproc: { soft: 32768, hard: 32768 } },
  stop: { signal: "SIGHUP", grace: 10_000 },
  health: { test: ["CMD-SHELL", "true x"], timeout: 30_000 },
});

/** What is otherwise about the container, and where paths of the host really lead. */
type Change = Partial<ContainerDetail> & Partial<Pick<EngineView, "places">>;

const found = ({ places = new Map(), ...detail }: Change): readonly string[] =>
  diffForeign(SPEC, foreignView({ ...SAME, ...detail }, { places })).map(
    ({ path, desired, observed, impact }) => `${path}: ${desired} <- ${observed} (${impact})`,
  );

describe("a foreign container is no different", () => {
  test.each<readonly [string, Change]>([
    ["when it was made the same", {}],
    ["by the order of its environment", { env: Object.fromEntries(Object.entries(SAME.env).toReversed()) }],
    ["by what image and engine put into the environment", { env: { ...SAME.env, HOME: "/", HOSTNAME: "y" } }],
    ["by another tag of the same image", { image: "docker.io/library/nginx:stable" }],
    ["by where its entrypoint ends", { entrypoint: [], command: [...SAME.entrypoint, ...SAME.command] }],
    ["by slashes in a path", { mounts: [bind("/data//web/db/", "/db/"), bind("/data/bitcoin/chain", "/chain", true)] }],
    [
      "by a link to the folder",
      {
        mounts: [bind("/srv/db/", "/db"), bind("/data/bitcoin/chain", "/chain", true)],
        places: new Map([["/srv/db", "/data/web/db"]]),
      },
    ],
    [
      "by a volume without a name that only the image asks for",
      { mounts: [...SAME.mounts, { ...bind("/store/x", "/var/cache"), kind: "anonymous", name: "x" }] },
    ],
    ["by an address for every address", { ports: SPEC.ports.map((p) => (p.host === 53 ? p : { ...p, bind: "" })) }],
    ["by the order of its ports", { ports: SPEC.ports.toReversed() }],
    [
      "by more names than asked for",
      { attachments: { "archy-net": { ip: "", gateway: "10.89.0.1", aliases: ["a", "web"] } } },
    ],
    ["by a longer grace of the engine's own", { stop: { signal: "SIGHUP", grace: 90_000 } }],
    ["by labels that nobody asked for", { labels: { tier: "front", x: "y" } }],
    ["by a folder of devices that is told whole", { devices: [{ source: "/dev/dri", target: "/dev/dri" }] }],
  ])("%s", (_case, change) => {
    expect(found(change)).toEqual([]);
  });

  test("where the spec leaves it to image and engine", () => {
    const spec = containerSpec({ network: { mode: "none" } });
    const detail = foreignDetail(spec, {}, { resources: { memory: 0, cpus: 0, pids: 2048 } });
    expect(diffForeign(spec, foreignView(detail))).toEqual([]);
  });

  test("by a capability that is asked for and granted anyway", () => {
    const spec = containerSpec({ capAdd: ["CHOWN"], user: "0" });
    const asked = foreignDetail({ ...spec, capAdd: [] });
    expect(diffForeign(spec, foreignView({ ...asked, user: "root" }))).toEqual([]);
  });
});

describe("a foreign container differs", () => {
  test.each<readonly [string, Change, readonly string[]]>([
    [
      "by another program",
      { image: "docker.io/library/caddy:2", imageId: "b" },
      ["image: docker.io/library/nginx:1.28 <- docker.io/library/caddy:2 (recreate)"],
    ],
    [
      "by an image that the tag named before",
      { imageId: "b".repeat(64) },
      [
        "image: docker.io/library/nginx:1.28 <- docker.io/library/nginx:1.28 as it was before (bbbbbbbbbbbb) (recreate)",
      ],
    ],
    [
      "by another command, of which just names of options are shown",
      { command: ["nginx", `-rpcpassword=${CANARY}`, `-p${CANARY}`, "--testnet", CANARY] },
      [
        'args: ["nginx","-c","/etc/n.conf"] <- ["nginx","-rpcpassword=(set)","(another)","--testnet","(another)"] (recreate)',
      ],
    ],
    ["by a value in plain", { env: { ...SAME.env, A: "9" } }, ["env.A: 1 <- 9 (recreate)"]],
    ["by more environment", { env: { ...SAME.env, EXTRA: CANARY } }, ["env.EXTRA: null <- (set) (recreate)"]],
    [
      "by less environment",
      { env: { ...SAME.env, NGINX_VERSION: "9" } },
      ["env.NGINX_VERSION: null <- (set) (recreate)"],
    ],
    [
      "by another secret",
      { env: { ...SAME.env, RPC_PASSWORD: `${CANARY}-old` } },
      [expect.stringMatching(/^env.RPC_PASSWORD: secret rpc \([0-9a-f]{8}\) <- another value \(recreate\)$/)],
    ],
    ["by its user", { user: "0" }, ["user: null <- 0 (recreate)"]],
    ["by its host's name", { hostname: "box" }, ["hostname: null <- box (recreate)"]],
    ["by an init", { init: true }, ["init: null <- true (recreate)"]],
    [
      "by data that lies elsewhere",
      { mounts: [bind("/srv/db", "/db"), bind("/data/bitcoin/chain", "/chain", true)] },
      ["volumes./db: /data/web/db <- /srv/db (data-risk)"],
    ],
    [
      "by data in a volume",
      {
        mounts: [
          { ...bind("/store/v/_data", "/db"), kind: "volume", name: "v" },
          bind("/data/bitcoin/chain", "/chain", true),
        ],
      },
      ["volumes./db: /data/web/db <- volume v at /store/v/_data (data-risk)"],
    ],
    [
      "but risks nothing where that folder is gone",
      {
        mounts: [bind("/srv/db", "/db"), bind("/data/bitcoin/chain", "/chain", true)],
        places: new Map([["/srv/db", null]]),
      },
      ["volumes./db: /data/web/db <- /srv/db (recreate)"],
    ],
    [
      "by data that lies in itself",
      { mounts: [bind("/data/bitcoin/chain", "/chain", true)] },
      ["volumes./db: /data/web/db <- null (data-risk)"],
    ],
    [
      "by a folder that it may write to",
      { mounts: [bind("/data/web/db", "/db"), bind("/data/bitcoin/chain", "/chain")] },
      ["volumes./chain: /data/bitcoin/chain (read-only) <- /data/bitcoin/chain (recreate)"],
    ],
    [
      "by a mount that nobody asked for",
      { mounts: [...SAME.mounts, bind("/srv/more", "/more")] },
      ["volumes./more: null <- /srv/more (data-risk)"],
    ],
    [
      "by one that it can't write to, which is no place of its data",
      { mounts: [...SAME.mounts, bind("/etc/localtime", "/etc/localtime", true)] },
      ["volumes./etc/localtime: null <- /etc/localtime (read-only) (recreate)"],
    ],
    ["by a tmpfs", { tmpfs: { ...SAME.tmpfs, "/x": ["rw"] } }, ["tmpfs./x: null <- defaults (recreate)"]],
    [
      "by a tmpfs of another size",
      { tmpfs: { "/scratch": ["size=1g"] } },
      ["tmpfs./scratch: size=64m,mode=1777 <- size=1073741824 (recreate)"],
    ],
    [
      "by the host's network",
      {
        networkMode: "host",
        networks: [],
        attachments: {},
        ports: [],
        extraHosts: [{ host: "gate", ip: "127.0.0.1" }],
      },
      [
        "network: bridge <- host (recreate)",
        "networks.archy-net: web <- null (recreate)",
        "ports.53/udp: 127.0.0.1:53 <- null (recreate)",
        "ports.9735/tcp: 0.0.0.0:9735 <- null (recreate)",
      ],
    ],
    [
      "by the network",
      { networks: ["podman"], attachments: { podman: { ip: "10.88.0.2", gateway: "10.89.0.1", aliases: [] } } },
      ["networks.archy-net: web <- null (recreate)", "networks.podman: null <- joined (recreate)"],
    ],
    [
      "by the name under which others find it",
      { name: "by-hand" },
      ["networks.archy-net: web <- other by-hand (recreate)"],
    ],
    [
      "by a port that is published once more",
      { ports: [...SPEC.ports, { container: 9735, host: 9000, protocol: "tcp", bind: "127.0.0.1" }] },
      ["ports.9735/tcp: 0.0.0.0:9735 <- 0.0.0.0:9735, 127.0.0.1:9000 (recreate)"],
    ],
    [
      "by a name in its hosts file",
      { extraHosts: [{ host: "gate", ip: "192.0.2.9" }] },
      ["extra_hosts.gate: host-gateway <- 192.0.2.9 (recreate)"],
    ],
    [
      "by a device under another name",
      { devices: [{ source: "/dev/dri", target: "/dev/x" }] },
      ["devices./dev/dri: yes <- null (recreate)", "devices./dev/dri as /dev/x: null <- yes (recreate)"],
    ],
    [
      "by the capabilities that the engine grants by itself",
      { capabilities: { ...SAME.capabilities, bounding: SAME.capabilities.standard } },
      ["cap_drop.ALL: yes <- null (recreate)"],
    ],
    [
      "by one more capability",
      { capabilities: { ...SAME.capabilities, bounding: ["CHOWN", "NET_ADMIN"] } },
      ["cap_add.NET_ADMIN: null <- yes (recreate)"],
    ],
    [
      "by one fewer",
      { capabilities: { ...SAME.capabilities, bounding: [], effective: [] } },
      ["cap_add.CHOWN: yes <- null (recreate)"],
    ],
    ["by all rights", { privileged: true }, ["privileged: null <- true (recreate)"]],
    ["by rights it may gain", { noNewPrivileges: false }, ["no_new_privileges: true <- null (recreate)"]],
    ["by a limit", { ulimits: { nofile: { soft: 1, hard: 1 } } }, ["ulimits.nofile: 1:2 <- 1:1 (recreate)"]],
    ["by a kernel setting", { sysctls: {} }, ["sysctls.net.core.somaxconn: 512 <- null (recreate)"]],
    [
      "by a kernel setting that can't be seen",
      { sysctls: null },
      ["sysctls.net.core.somaxconn: 512 <- not told by the engine (recreate)"],
    ],
    ["by a label", { labels: {} }, ["labels.tier: front <- null (recreate)"]],
    [
      "by its memory",
      { resources: { ...SAME.resources, memory: 2_000 } },
      ["resources.memory: 1000 <- 2000 (recreate)"],
    ],
    ["by its stop signal", { stop: { signal: "SIGTERM", grace: 1 } }, ["stop.signal: HUP <- SIGTERM (recreate)"]],
    [
      "by its check",
      { health: { test: ["CMD", "curl", `-u${CANARY}`], timeout: 1_000 } },
      [
        'health.command: ["sh","-c","true x"] <- ["(another)","(another)"] (recreate)',
        "health.timeout: 2000 ms <- 1000 ms (recreate)",
      ],
    ],
    ["by its folder", { workingDir: "/tmp" }, ["working_dir: null <- /tmp (recreate)"]],
    [
      "by a restart policy",
      { restartPolicy: "unless-stopped" },
      ["restart_policy: no <- unless-stopped: the engine would restart it beside us (recreate)"],
    ],
    ["by what no manifest can ask for", { extras: { pid: "host" } }, ["engine.pid: null <- host (recreate)"]],
  ])("%s", (_case, change, expected) => {
    const lines = found(change);
    expect(lines).toEqual(expected);
    expect(lines.join("\n")).not.toContain(CANARY);
  });

  test("by rendered files, whatever is mounted in their place", () => {
    const file = {
      target: "/etc/n.conf",
      mode: "0444",
      digest: "sha256:1",
      secret: false,
      onChange: "restart",
    } as const;
    const spec = { ...SPEC, files: [file] };
    const mounts = [...SAME.mounts, bind("/srv/n.conf", "/etc/n.conf", true)];
    expect(diffForeign(spec, foreignView({ ...SAME, mounts }))).toMatchObject([
      { path: "files./etc/n.conf", observed: "/srv/n.conf (read-only), not rendered by us", impact: "recreate" },
    ]);
    expect(diffForeign(spec, foreignView(SAME))).toMatchObject([{ path: "files./etc/n.conf", observed: null }]);
  });
});

test("a reference with a digest names the image without its being here by that name", () => {
  const digest = FOREIGN_IMAGE.digests[0]?.split("@")[1] ?? "";
  const spec = { ...SPEC, image: `docker.io/library/nginx:1.28@${digest}` };
  expect(diffForeign(spec, foreignView(SAME, { wantedImage: null }))).toEqual([]);
});

test.each(FIELDS.map((field) => [field.name, field] as const))(
  "%s is told by the engine, or says why not",
  (_, field) => {
    expect(field.fromEngine !== undefined || field.untold.length > 0).toBe(true);
  },
);
