import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { containerIds, eventually, get, Node, podman, RunningDaemon, UI_APPS } from "./running-daemon.ts";

const run = promisify(execFile);
const ip = (...args: readonly string[]) => run("ip", args);

let node: Node;
let daemon: RunningDaemon;
let before: Readonly<Record<string, readonly string[]>>;

beforeAll(async () => {
  node = await Node.make(UI_APPS);
  daemon = await RunningDaemon.start(node);
});

beforeEach(async () => {
  await daemon.settled(...UI_APPS);
  before = await containerIds(daemon);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** The name of the one container of an app. */
async function nameOf(app: string): Promise<string> {
  const { containers } = await daemon.app(app);
  return containers[0]?.name ?? "";
}

/** Ids of the containers that a conmon watches. */
function monitors(): readonly string[] {
  return readdirSync("/proc").flatMap((entry) => {
    try {
      const [program, ...args] = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      return program?.endsWith("conmon") ? [args[args.indexOf("-c") + 1] ?? ""] : [];
    } catch {
      return [];
    }
  });
}

/** bitcoin-ui is healed; whether its container is the same, and that nobody else's changed. */
async function healed(same: boolean): Promise<void> {
  await daemon.settled(...UI_APPS);
  const after = await containerIds(daemon);
  expect(after["electrs-ui"]).toEqual(before["electrs-ui"]);
  expect(after["lnd-ui"]).toEqual(before["lnd-ui"]);
  if (same) expect(after["bitcoin-ui"]).toEqual(before["bitcoin-ui"]);
  else expect(after["bitcoin-ui"]).not.toEqual(before["bitcoin-ui"]);
  expect(after["bitcoin-ui"]).toHaveLength(1);
  expect((await get(3010)).status).toBe(200);
}

test("a killed payload is named and started again", async () => {
  const name = await nameOf("bitcoin-ui");
  const pid = Number(await podman("inspect", "--format", "{{.State.Pid}}", name));
  process.kill(pid, "SIGKILL");
  const entry = await daemon.explained("bitcoin-ui", "state");
  expect(entry).toMatchObject({ desired: "running", origin: "outside" });
  await healed(true);
});

test("a removed container is named and made again", async () => {
  await podman("rm", "-f", "-t", "0", await nameOf("bitcoin-ui"));
  expect(await daemon.explained("bitcoin-ui", "container")).toMatchObject({ observed: null, origin: "outside" });
  await healed(false);
});

test("a container that is removed again and again comes back each time, and leaves no process behind", async () => {
  for (let round = 1; round <= 8; round += 1) {
    await podman("rm", "-f", "-t", "0", await nameOf("bitcoin-ui"));
    await daemon.settled("bitcoin-ui");
  }
  const running = await podman("ps", "--no-trunc", "--format", "{{.ID}}");
  expect(monitors().filter((id) => !running.includes(id))).toEqual([]);
  await healed(false);
});

test("podman stop is drift", async () => {
  // The daemon may be quick enough to start it again before podman has looked: then podman says that it still runs.
  await podman("stop", "-t", "1", await nameOf("bitcoin-ui")).catch(() => undefined);
  expect(await daemon.explained("bitcoin-ui", "state")).toMatchObject({ desired: "running", origin: "outside" });
  await healed(true);
});

test("podman pause is drift", async () => {
  await podman("pause", await nameOf("bitcoin-ui"));
  await eventually(async () => {
    const { decisions } = await daemon.api.explain("bitcoin-ui");
    expect(decisions.flatMap(({ diff }) => diff)).toContainEqual(
      expect.objectContaining({ path: "state", desired: "running", observed: "paused", origin: "outside" }),
    );
  });
  await healed(true);
});

test("a network that was disconnected is joined again", async () => {
  await podman("network", "disconnect", "archipelago-bitcoin-ui", await nameOf("bitcoin-ui"));
  expect(await daemon.explained("bitcoin-ui", "networks.archipelago-bitcoin-ui")).toMatchObject({
    desired: "joined",
    observed: null,
    origin: "outside",
  });
  await healed(true);
});

test("a copy with our labels is told from the original and removed", async () => {
  const name = await nameOf("bitcoin-ui");
  const labels: Readonly<Record<string, string>> = JSON.parse(
    await podman("inspect", "--format", "{{json .Config.Labels}}", name),
  );
  const image = await podman("inspect", "--format", "{{.ImageName}}", name);
  const flags = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  await podman("run", "-d", "--name", "by-hand", "--user", "0", "--network", "none", ...flags, image);
  expect(await daemon.explained("bitcoin-ui", "name")).toMatchObject({
    desired: name,
    observed: "by-hand",
    origin: "outside",
  });
  await eventually(async () => expect(await podman("ps", "-a", "--format", "{{.Names}}")).not.toContain("by-hand"));
  await healed(true);
});

test("an edited rendered file is rendered anew, and its container restarted", async () => {
  const name = await nameOf("bitcoin-ui");
  const source =
    (await podman("inspect", "--format", "{{range .Mounts}}{{.Source}} {{end}}", name))
      .split(" ")
      .find((file) => file.includes("nginx.conf")) ?? "";
  await appendFile(source, "\n# by hand\n");
  expect(await daemon.explained("bitcoin-ui", "files./etc/nginx/nginx.conf")).toMatchObject({
    observed: expect.stringContaining("another content"),
    origin: "outside",
  });
  await healed(true);
  expect(await podman("exec", name, "nginx", "-T")).not.toContain("by hand");
});

test("a deleted rendered file is rendered anew", async () => {
  const name = await nameOf("bitcoin-ui");
  const source =
    (await podman("inspect", "--format", "{{range .Mounts}}{{.Source}} {{end}}", name))
      .split(" ")
      .find((file) => file.includes("nginx.conf")) ?? "";
  await rm(source);
  await eventually(async () => {
    const { decisions } = await daemon.api.explain("bitcoin-ui");
    expect(decisions.flatMap(({ diff }) => diff)).toContainEqual(
      expect.objectContaining({ path: "files./etc/nginx/nginx.conf", observed: null, origin: "outside" }),
    );
  });
  await healed(true);
});

test("an address that the host gets anew is found without being told", async () => {
  // A way out of the sandbox that leads nowhere: what counts is which address the default route's interface has.
  const readdress = async (address: string): Promise<void> => {
    await ip("addr", "flush", "dev", "uplink");
    await ip("addr", "add", `${address}/24`, "dev", "uplink");
    await ip("route", "replace", "default", "via", "192.0.2.254", "dev", "uplink");
  };
  await ip("link", "add", "uplink", "type", "veth", "peer", "name", "nowhere");
  await ip("link", "set", "nowhere", "up");
  await ip("link", "set", "uplink", "up");
  try {
    await readdress("192.0.2.3");
    await eventually(async () => expect((await daemon.api.facts()).facts.host_ip).toBe("192.0.2.3"));
    await daemon.settled(...UI_APPS);
    await readdress("192.0.2.4");
    await eventually(async () => {
      const { decisions } = await daemon.api.explain("bitcoin-ui");
      // From the old address, or from none: a look may have come between the two.
      const moved = { origin: "fact:host_ip", cause: expect.objectContaining({ to: "192.0.2.4" }) };
      expect(decisions.flatMap(({ diff }) => diff)).toContainEqual(expect.objectContaining(moved));
    });
    await daemon.settled(...UI_APPS);
    expect(await podman("exec", await nameOf("bitcoin-ui"), "nginx", "-T")).toContain("192.0.2.4");
  } finally {
    await ip("link", "delete", "uplink");
  }
});

test("a changed host address reaches just the apps that use it", async () => {
  const text = await readFile(node.file("node.yml"), "utf8");
  await writeFile(node.file("node.yml"), `${text}host: { host_ip: 192.0.2.7 }\n`);
  await eventually(async () => {
    const { decisions } = await daemon.api.explain("bitcoin-ui");
    const moved = { origin: "fact:host_ip", cause: expect.objectContaining({ to: "192.0.2.7" }) };
    expect(decisions.flatMap(({ diff }) => diff)).toContainEqual(expect.objectContaining(moved));
  });
  await daemon.settled(...UI_APPS);
  expect(await podman("exec", await nameOf("bitcoin-ui"), "nginx", "-T")).toContain("192.0.2.7");
  // The remark that a person wrote is still there: the daemon has not rewritten the file.
  expect(await readFile(node.file("node.yml"), "utf8")).toContain("# a person's remark");
});

test("a setting that no other app reads touches one app alone", async () => {
  const text = await readFile(node.file("node.yml"), "utf8");
  await writeFile(
    node.file("node.yml"),
    text.replace("bitcoin-ui: { state: running }", "bitcoin-ui: { state: running, settings: { backend_port: 18443 } }"),
  );
  expect(await daemon.explained("bitcoin-ui", "files./etc/nginx/config.json")).toMatchObject({
    origin: "setting:backend_port",
    cause: { from: "8332", to: "18443" },
  });
  await healed(false);
});

test("a rotated secret is named without its value", async () => {
  await writeFile(node.file("secrets", "bitcoin-rpc-password"), "rotated-canary\n", { mode: 0o600 });
  const entry = await daemon.explained("bitcoin-ui", "files./etc/nginx/nginx.conf");
  await eventually(async () => {
    const { decisions } = await daemon.api.explain("bitcoin-ui");
    expect(decisions.flatMap(({ diff }) => diff)).toContainEqual(
      expect.objectContaining({ origin: "secret:bitcoin-rpc-password" }),
    );
  });
  expect(JSON.stringify(entry)).not.toContain("rotated-canary");
  await healed(false);
});

test("an edited manifest is named field by field", async () => {
  const file = path.join(node.apps, "bitcoin-ui", "manifest.yml");
  await writeFile(file, (await readFile(file, "utf8")).replace("pids: 32", "pids: 48"));
  expect(await daemon.explained("bitcoin-ui", "resources.pids")).toMatchObject({
    desired: "48",
    observed: "32",
    origin: "manifest",
  });
  await healed(false);
});

test("a changed build context is a changed spec", async () => {
  const page = path.join(node.apps, "bitcoin-ui", "ui", "public", "index.html");
  await appendFile(page, "<!-- edited -->\n");
  expect(await daemon.explained("bitcoin-ui", "build.context")).toMatchObject({ origin: "manifest" });
  await healed(false);
  expect((await get(3010)).body).toContain("<!-- edited -->");
});
