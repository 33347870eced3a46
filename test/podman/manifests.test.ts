import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containerIds, eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make(["bitcoin-ui", "lnd-ui"]);
  daemon = await RunningDaemon.start(node);
  await daemon.settled("bitcoin-ui", "lnd-ui");
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

test("a manifest that breaks at run time leaves its app healed from the accepted copy", async () => {
  const file = path.join(node.apps, "bitcoin-ui", "manifest.yml");
  const good = await readFile(file, "utf8");
  const before = await containerIds(daemon);
  await writeFile(file, good.replace("cap_drop:", "cap_drpo:"));
  const line = good.split("\n").findIndex((text) => text.includes("cap_drop:")) + 1;
  await eventually(async () => {
    const { notices } = await daemon.app("bitcoin-ui");
    expect(notices.join("\n")).toContain(
      `${file}:${line}:3: container.cap_drpo: unknown key "cap_drpo"; did you mean "cap_drop"?`,
    );
  });
  await podman("rm", "-f", "-t", "0", "bitcoin-ui.g1");
  await eventually(async () => expect((await containerIds(daemon))["bitcoin-ui"]).not.toEqual(before["bitcoin-ui"]));
  await daemon.settled("bitcoin-ui", "lnd-ui");
  expect((await containerIds(daemon))["lnd-ui"]).toEqual(before["lnd-ui"]);
  await writeFile(file, good);
  await eventually(async () => expect((await daemon.app("bitcoin-ui")).notices).toEqual([]));
});

test("an app that was never accepted and can't be parsed is invalid, and all others go on", async () => {
  await node.app("broken", { "manifest.yml": "id: broken\nname: Broken\nversion: 1.0.0\n" });
  const text = await readFile(node.file("node.yml"), "utf8");
  await writeFile(node.file("node.yml"), `${text}  broken: {}\n`);
  await eventually(async () => {
    const broken = await daemon.app("broken");
    expect(broken.state).toBe("invalid");
    expect(broken.reason).toMatch(/broken\/manifest\.yml:1:1: .*container/);
  });
  await daemon.settled("bitcoin-ui", "lnd-ui");
});

test("a changed version waits under manual updates and shows as available", async () => {
  const file = path.join(node.apps, "lnd-ui", "manifest.yml");
  const before = await containerIds(daemon);
  await writeFile(
    file,
    (await readFile(file, "utf8")).replace("version: 1.0.0", "version: 1.1.0").replace("pids: 32", "pids: 40"),
  );
  await eventually(async () => expect((await daemon.app("lnd-ui")).available).toBe("1.1.0"));
  await daemon.settled("bitcoin-ui", "lnd-ui");
  expect(await containerIds(daemon)).toEqual(before);
  expect((await daemon.app("lnd-ui")).version).toBe("1.0.0");
});

test("a node.yml that breaks leaves the last valid one in force", async () => {
  const before = await containerIds(daemon);
  const text = await readFile(node.file("node.yml"), "utf8");
  await writeFile(node.file("node.yml"), "apps: [\n");
  await eventually(async () => expect((await daemon.api.status()).notices.join("\n")).toContain("node.yml:"));
  expect(await containerIds(daemon)).toMatchObject({ "bitcoin-ui": before["bitcoin-ui"] ?? [] });
  await writeFile(node.file("node.yml"), text);
  await eventually(async () => expect((await daemon.api.status()).notices).toEqual([]));
});

test("a node.yml that is broken when the daemon starts leaves the last valid one in force", async () => {
  const before = await containerIds(daemon);
  const text = await readFile(node.file("node.yml"), "utf8");
  await daemon.stop();
  await writeFile(node.file("node.yml"), "apps: [\n");
  daemon = await RunningDaemon.start(node);
  await daemon.settled("bitcoin-ui", "lnd-ui");
  expect((await daemon.api.status()).notices.join("\n")).toContain("node.yml:");
  expect(await containerIds(daemon)).toEqual(before);
  await podman("kill", (await daemon.app("bitcoin-ui")).containers[0]?.name ?? "");
  await daemon.settled("bitcoin-ui", "lnd-ui");
  await writeFile(node.file("node.yml"), text);
  await eventually(async () => expect((await daemon.api.status()).notices).toEqual([]));
});

test("uninstall removes the container and its network, and leaves its secrets", async () => {
  const gone = await node.cli("uninstall", "lnd-ui", "--yes");
  expect(gone.code).toBe(0);
  await eventually(async () => {
    expect(await podman("ps", "-a", "--format", "{{.Names}}")).not.toContain("lnd-ui");
    expect(await podman("network", "ls", "--format", "{{.Name}}")).not.toContain("archipelago-lnd-ui");
  });
  expect(await readFile(node.file("secrets", "lnd-readonly-macaroon"), "utf8")).not.toBe("");
  const back = await node.cli("install", "lnd-ui", "--yes");
  expect(back).toMatchObject({ code: 0 });
  await daemon.settled("bitcoin-ui", "lnd-ui");
});

test("stop and start are desired state, and an owner's stop is kept", async () => {
  expect(await node.cli("stop", "lnd-ui")).toMatchObject({ code: 0 });
  await eventually(async () => expect((await daemon.app("lnd-ui")).state).toBe("stopped"));
  expect(await readFile(node.file("node.yml"), "utf8")).toContain("stopped");
  expect(await node.cli("start", "lnd-ui")).toMatchObject({ code: 0 });
  await daemon.settled("bitcoin-ui", "lnd-ui");
});

test("restart restarts once", async () => {
  const pid = await podman("inspect", "--format", "{{.State.Pid}}", "lnd-ui.g1");
  expect(await node.cli("restart", "lnd-ui")).toMatchObject({ code: 0 });
  await eventually(async () =>
    expect(await podman("inspect", "--format", "{{.State.Pid}}", "lnd-ui.g1")).not.toBe(pid),
  );
  await daemon.settled("bitcoin-ui", "lnd-ui");
});
