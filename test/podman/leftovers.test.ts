import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUSYBOX } from "./images.ts";
import { containerIds, eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

const MANIFEST = `id: web
name: Web
version: 1.0.0
container:
  image: ${BUSYBOX}
  files: [{ template: conf.liquid, target: /etc/web.conf }]
  stop: { signal: SIGKILL }
`;

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make(["web"]);
  mkdirSync(path.join(node.apps, "web"));
  writeFileSync(path.join(node.apps, "web/manifest.yml"), MANIFEST);
  writeFileSync(path.join(node.apps, "web/conf.liquid"), "ip={{ host_ip }}\n");
  daemon = await RunningDaemon.start(node);
  await daemon.settled("web");
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** Ends the daemon, lets something happen to what it leaves, and starts the next one. */
async function between(happens: () => Promise<void>): Promise<void> {
  await daemon.kill9();
  await happens();
  daemon = await RunningDaemon.start(node);
}

/** The names that Podman's storage holds, its own containers' and others. */
async function namesInStorage(): Promise<readonly string[]> {
  const root = await podman("info", "--format", "{{.Store.GraphRoot}}");
  const rows: readonly { readonly names?: readonly string[] }[] = JSON.parse(
    readFileSync(`${root}/overlay-containers/containers.json`, "utf8"),
  );
  return rows.flatMap(({ names = [] }) => names);
}

/** Kills a create after the storage has the name and before Podman's database has the container. */
async function breakOffCreate(name: string): Promise<void> {
  const file = `${await podman("info", "--format", "{{.Store.GraphRoot}}")}/overlay-containers/containers.json`;
  await eventually(async () => {
    const create = spawn("podman", ["create", "--name", name, BUSYBOX], { stdio: "ignore" });
    const ended = once(create, "exit");
    // Not a moment is given away: the window is a few ms.
    while (!readFileSync(file, "utf8").includes(`"${name}"`) && existsSync(`/proc/${create.pid}/exe`));
    create.kill("SIGKILL");
    await ended;
    const listed = (await podman("ps", "-a", "--format", "{{.Names}}")).split("\n").includes(name);
    if (listed) await podman("rm", "-f", name);
    expect([listed, (await namesInStorage()).includes(name)]).toEqual([false, true]);
  }, 60);
}

test("a name that only the storage holds is taken back, and the app made anew", async () => {
  await between(async () => {
    await podman("rm", "-f", "-t", "0", "web.g1");
    await breakOffCreate("web.g1");
  });
  await daemon.settled("web");
  expect((await namesInStorage()).filter((name) => name === "web.g1")).toHaveLength(1);
});

test("a container that was made ready and never started is started, and stays the same", async () => {
  const before = await containerIds(daemon);
  await between(async () => {
    // As Podman leaves it when its service is killed between the two halves of a start.
    await podman("stop", "-t", "0", "web.g1");
    await podman("init", "web.g1");
  });
  await daemon.settled("web");
  expect(await containerIds(daemon)).toEqual(before);
});

test("what was rendered for containers that are gone goes away, and what is in use stays", async () => {
  const left = node.file("rendered/web/web.g77/etc+web.conf");
  await between(async () => {
    mkdirSync(path.dirname(left), { recursive: true });
    writeFileSync(left, "a secret of long ago");
  });
  await daemon.settled("web");
  await eventually(() => expect(existsSync(path.dirname(left))).toBe(false));
  expect(await podman("exec", "web.g1", "cat", "/etc/web.conf")).toMatch(/^ip=/);
});

test("addresses of containers that died with nobody to tell are used again", async () => {
  const address = (): Promise<string> =>
    podman("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "web.g1");
  const pids = async (): Promise<readonly number[]> =>
    (await podman("inspect", "--format", "{{.State.Pid}} {{.State.ConmonPid}}", "web.g1")).split(" ").map(Number);
  const leases = (): number =>
    readFileSync("/run/containers/networks/ipam.db", "latin1").match(/\["10\.\d+\.\d+\.\d+"\]/g)?.length ?? 0;
  const [first, before] = [await address(), leases()];
  for (let round = 0; round < 3; round += 1) {
    const [pid = 0, conmon = 0] = await pids();
    process.kill(conmon, "SIGKILL");
    process.kill(pid, "SIGKILL");
    await eventually(async () => expect(await pids()).not.toContain(pid));
    await daemon.settled("web");
  }
  expect(first).toMatch(/^10\./);
  expect(leases()).toBe(before);
});

test("a daemon whose run folder is removed gives the home up, and the next one has it for itself", async () => {
  const before = await containerIds(daemon);
  rmSync(node.file("run"), { recursive: true });
  await eventually(() => expect(existsSync(`/proc/${daemon.pid}/exe`)).toBe(false));
  // By itself, with its error, and not by the signal.
  expect(await daemon.stop()).toBe(1);
  daemon = await RunningDaemon.start(node);
  await daemon.settled("web");
  expect(await containerIds(daemon)).toEqual(before);
});
