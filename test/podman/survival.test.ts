import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ProcProcessTable } from "../../src/adapters/process-table/process-table.ts";
import type { Stray } from "../../src/core/observed/stray.ts";
import { containerIds, eventually, get, Node, podman, RunningDaemon, UI_APPS } from "./running-daemon.ts";

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make(UI_APPS);
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** Container -> pid: another pid is a restart. */
function runs(): string {
  return execFileSync("podman", [
    "ps",
    "-q",
    "--filter",
    "label=archipelago.owner",
    "--no-trunc",
    "--format",
    "{{.ID}} {{.Pid}}",
  ])
    .toString()
    .trim()
    .split("\n")
    .toSorted()
    .join("\n");
}

/** Pids of processes with that word in their command line. */
function processes(word: string): readonly number[] {
  return readdirSync("/proc").flatMap((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(word)
        ? [Number(entry)]
        : [];
    } catch {
      return [];
    }
  });
}

test("killed while it works, the next daemon goes on where it was", async () => {
  // It has just begun: images are being built.
  await daemon.kill9();
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...UI_APPS);
  expect(await containerIds(daemon)).toMatchObject({
    "bitcoin-ui": [expect.any(String)],
    "electrs-ui": [expect.any(String)],
    "lnd-ui": [expect.any(String)],
  });
});

test("containers outlive the daemon, and the next one restarts none", async () => {
  const before = runs();
  await daemon.kill9();
  expect((await get(3010)).status).toBe(200);
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...UI_APPS);
  expect(runs()).toBe(before);
});

test("a daemon that is asked to stop ends with 0 and leaves containers alone", async () => {
  const before = runs();
  expect(await daemon.stop()).toBe(0);
  expect(runs()).toBe(before);
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...UI_APPS);
  expect(runs()).toBe(before);
});

test("an engine that is killed is a state, and comes back by itself", async () => {
  const before = runs();
  const services = processes(node.file("run", "podman.sock"));
  expect(services.length).toBeGreaterThan(0);
  for (const pid of services) process.kill(pid, "SIGKILL");
  await eventually(async () => {
    const { decisions } = { decisions: await daemon.api.history({ limit: 20 }) };
    expect(decisions.map(({ action }) => action)).toContain("engine.lost");
  });
  await eventually(async () => expect((await daemon.api.status()).engine.state).toBe("available"));
  await daemon.settled(...UI_APPS);
  expect(runs()).toBe(before);
});

test("conmon and payload killed: seen as dead though the engine says running, and healed", async () => {
  const { containers } = await daemon.app("bitcoin-ui");
  const [container] = containers;
  if (!container) throw new Error("no container");
  const [pid, conmon] = (await podman("inspect", "--format", "{{.State.Pid}} {{.State.ConmonPid}}", container.name))
    .split(" ")
    .map(Number);
  const before = runs();
  process.kill(conmon ?? 0, "SIGKILL");
  process.kill(pid ?? 0, "SIGKILL");
  // Podman goes on listing the dead one; an earlier decision may have told of a state as well.
  await eventually(() => expect(runs()).not.toBe(before));
  const entry = await daemon.explained("bitcoin-ui", "state");
  expect(entry).toMatchObject({ desired: "running", origin: "outside" });
  await daemon.settled(...UI_APPS);
  expect((await get(3010)).status).toBe(200);
});

test("a container whose removal was broken off is removed to its end, and made anew", async () => {
  const { name, id } = (await daemon.app("bitcoin-ui")).containers[0] ?? { name: "", id: "" };
  await daemon.stop();
  await podman("stop", "-t", "5", name);
  // As Podman's service leaves it when it is killed in the middle: its store knows it no more, its database does.
  const file = `${await podman("info", "--format", "{{.Store.GraphRoot}}")}/overlay-containers/containers.json`;
  const stored: readonly { readonly id: string }[] = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(stored.filter((each) => each.id !== id)));
  await expect(podman("inspect", name)).rejects.toThrow("container not known");
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...UI_APPS);
  expect((await containerIds(daemon))["bitcoin-ui"]).not.toContain(id);
  expect((await get(3010)).status).toBe(200);
});

/** The monitor of that container, with what it watches. */
function monitorOf(name: string): Stray | undefined {
  return new ProcProcessTable().strays(new Set()).find((stray) => stray.name === name);
}

test("a start that was broken off holds the port, and is ended before the next one", async () => {
  const name = (await daemon.app("bitcoin-ui")).containers[0]?.name ?? "";
  await daemon.kill9();
  await podman("stop", "-t", "5", name);
  const starter = spawn("podman", ["start", name], { stdio: "ignore" });
  await vi.waitFor(() => expect(monitorOf(name)).toMatchObject({ started: false }), { timeout: 10_000, interval: 1 });
  starter.kill("SIGKILL");
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...UI_APPS);
  expect(monitorOf(name)).toMatchObject({ started: true });
  expect((await get(3010)).status).toBe(200);
});
