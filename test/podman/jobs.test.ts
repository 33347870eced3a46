import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobView } from "../../src/rpc/node-api.ts";
import { BUSYBOX } from "./images.ts";
import { eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

/** Keeps one file of data, and takes two seconds to stop. */
const KEEPER = `
id: keeper
name: Keeper
version: 1.0.0
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", "trap 'sleep 2; exit 0' TERM; echo kept > /data/file; while :; do sleep 0.1; done"]
  volumes: [{ source: kept, target: /data }]
  stop: { signal: SIGTERM, grace: 10s }
`;

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make([]);
  await writeFile(node.file("node.yml"), "# a person's remark\n");
  await mkdir(path.join(node.apps, "keeper"), { recursive: true });
  await writeFile(path.join(node.apps, "keeper", "manifest.yml"), KEEPER);
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

async function ended(job: JobView | null): Promise<JobView> {
  return eventually(async () => {
    const found = await daemon.api.job(job?.id ?? "");
    if (found.state === "running") throw new Error(`${found.phase}: ${found.reason}`);
    return found;
  }, 30);
}

const data = (): Promise<string> => readFile(node.file("data", "keeper", "kept", "file"), "utf8");
const containers = (): Promise<string> => podman("ps", "-aq", "--filter", "label=archipelago.app=keeper");

test("an install is a job that ends when the app is ready", async () => {
  const { job } = await daemon.api.edit({ kind: "install", apps: ["keeper"] });
  expect(await ended(job)).toMatchObject({ state: "done", actor: "cli", reason: "keeper is ready" });
  await eventually(async () => expect(await data()).toBe("kept\n"));
});

test("an uninstall with a deleted manifest, and its daemon killed on the way, moves the data to the trash", async () => {
  await rm(path.join(node.apps, "keeper"), { recursive: true });
  await rm(node.file("accepted", "keeper"), { recursive: true });
  const { job } = await daemon.api.edit({ kind: "uninstall", apps: ["keeper"] });
  expect(job).toMatchObject({ state: "running" });
  await daemon.kill9();
  expect(existsSync(node.file("data", "keeper"))).toBe(true);
  daemon = await RunningDaemon.start(node);
  expect(await ended(job)).toMatchObject({
    state: "done",
    reason: /^keeper is gone; its data \(.*\) lies in the trash/,
  });
  expect(await containers()).toBe("");
  expect(existsSync(node.file("data", "keeper"))).toBe(false);
  const [entry, ...others] = await daemon.api.trash();
  expect(others).toEqual([]);
  expect(await readFile(node.file("trash", entry?.id ?? "", "kept", "file"), "utf8")).toBe("kept\n");
});

test("an install offers the data back, and with --restore brings it; a purge leaves nothing", async () => {
  await mkdir(path.join(node.apps, "keeper"), { recursive: true });
  await writeFile(
    path.join(node.apps, "keeper", "manifest.yml"),
    KEEPER.replace("echo kept", "test -e /data/file || echo new"),
  );
  const fresh = await daemon.api.edit({ kind: "install", apps: ["keeper"] });
  expect(fresh.job?.reason).toMatch(/data of an earlier installation of keeper/);
  expect(await ended(fresh.job)).toMatchObject({ state: "done" });
  await eventually(async () => expect(await data()).toBe("new\n"));
  const purge = await daemon.api.edit({ kind: "uninstall", apps: ["keeper"], purge: true });
  expect(await ended(purge.job)).toMatchObject({ state: "done", reason: "keeper and its data are gone" });
  expect(await daemon.api.trash()).toHaveLength(1);

  const outcome = await node.cli("install", "keeper", "--restore", "--yes");
  expect(outcome).toMatchObject({ code: 0 });
  expect(await data()).toBe("kept\n");
  expect(await readdir(node.file("trash"))).toEqual([]);
});
