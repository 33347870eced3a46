import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DesiredEdit, JobView, TrashView } from "../../src/rpc/node-api.ts";
import { BUSYBOX } from "./images.ts";
import { containerIds, ended, eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

const VAULT = `
id: vault
name: Vault
version: 1.0.0
provides: { vault: { host: "{{ container.main }}" } }
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", "exec sleep 100000"]
  stop: { signal: SIGKILL }
`;

const READER = `
id: reader
name: Reader
version: 1.0.0
requires: { vault: { interface: vault } }
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", "exec sleep 100000"]
  stop: { signal: SIGKILL }
`;

/** What it keeps is another text in each fresh folder. It takes half a second to stop. */
const KEEPER = `
id: keeper
name: Keeper
version: 1.0.0
requires: { vault: { interface: vault } }
container:
  image: ${BUSYBOX}
  entrypoint:
    - /bin/sh
    - -c
    - |
      trap 'sleep 0.5; exit 0' TERM
      test -e /data/file || cat /proc/sys/kernel/random/uuid > /data/file
      while :; do sleep 0.05; done
  user: "1234:1234"
  data_uid: "1234:1234"
  volumes: [{ source: kept, target: /data }]
  stop: { signal: SIGTERM, grace: 10s }
`;

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make([]);
  await node.app("vault", { "manifest.yml": VAULT });
  await node.app("reader", { "manifest.yml": READER });
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** Asks for something that is a job, and waits until that is over. */
async function done(edit: DesiredEdit): Promise<JobView> {
  const { job } = await daemon.api.edit(edit);
  return ended(daemon, job);
}

const data = (...parts: readonly string[]): string => node.file("data/keeper", ...parts);
const containers = (): Promise<string> => podman("ps", "-aq", "--filter", "label=archipelago.app=keeper");
const trashOf = async (app: string): Promise<readonly TrashView[]> =>
  (await daemon.api.trash()).filter((entry) => entry.app === app);
const inTrash = (entry: TrashView | undefined): string => node.file("trash", entry?.id ?? "none", "kept/file");

/** keeper is installed and has written its file, which is what comes back. */
async function keeping(): Promise<string> {
  await node.app("keeper", { "manifest.yml": KEEPER });
  await daemon.api.edit({ kind: "install", apps: ["keeper"] });
  await daemon.settled("keeper");
  return eventually(async () => {
    const text = await readFile(data("kept/file"), "utf8");
    if (text === "") throw new Error("not written yet");
    return text;
  });
}

/** Nothing of keeper is left but what is in the trash; vault is what it was. */
async function gone(vaultBefore: readonly string[] | undefined): Promise<void> {
  expect(await containers()).toBe("");
  expect(await podman("network", "ls", "--format", "{{.Name}}")).not.toContain("archipelago-keeper");
  const left = ["data/keeper", "accepted/keeper", "accepted/keeper.json", "rendered/keeper"];
  await eventually(() => expect(left.filter((name) => existsSync(node.file(name)))).toEqual([]));
  expect(await readFile(node.file("node.yml"), "utf8")).not.toContain("keeper");
  // A daemon that has just started knows of no app before its first look.
  await daemon.settled("vault");
  expect((await containerIds(daemon))["vault"]).toEqual(vaultBefore);
}

test("an install brings what the app requires, which can't be uninstalled before it", async () => {
  const { changed, job } = await daemon.api.edit({ kind: "install", apps: ["reader"] });
  expect(changed).toEqual(["vault", "reader"]);
  expect(await ended(daemon, job)).toMatchObject({ state: "done", reason: "vault is ready, reader is ready" });
  const before = await containerIds(daemon);
  await expect(daemon.api.edit({ kind: "uninstall", apps: ["vault"] })).rejects.toMatchObject({
    code: "ARC_APP_REQUIRED",
    message: expect.stringContaining("vault is required by reader"),
  });
  const typed = await node.cli("uninstall", "vault", "--purge", "--yes");
  expect(typed).toMatchObject({ code: 1, stderr: expect.stringContaining("vault is required by reader") });
  await daemon.settled("vault", "reader");
  expect(await containerIds(daemon)).toEqual(before);
});

describe("an app whose manifest", () => {
  const manifest = (): string => path.join(node.apps, "keeper", "manifest.yml");
  test.each<[string, () => Promise<void>]>([
    ["was deleted from the catalogue", () => rm(path.dirname(manifest()), { recursive: true })],
    ["is broken YAML", () => writeFile(manifest(), "id: [\n")],
    [
      "is broken, and the accepted copy is gone too",
      async () => {
        await writeFile(manifest(), "id: [\n");
        await rm(node.file("accepted/keeper"), { recursive: true });
      },
    ],
    [
      "nobody has any more, nor a record of it, so that labels are all there is",
      async () => {
        await daemon.kill9();
        await rm(path.dirname(manifest()), { recursive: true });
        await rm(node.file("accepted/keeper"), { recursive: true });
        await rm(node.file("accepted/keeper.json"));
        daemon = await RunningDaemon.start(node);
      },
    ],
  ])("%s is uninstalled, and its data moved to the trash with size and date", async (_what, breakIt) => {
    const text = await keeping();
    const { vault: vaultBefore } = await containerIds(daemon);
    await breakIt();
    expect(await podman("ps", "-q", "--filter", "label=archipelago.app=keeper")).not.toBe("");
    const since = Date.now();
    const job = await done({ kind: "uninstall", apps: ["keeper"] });
    expect(job).toMatchObject({ state: "done", reason: /^keeper is gone; its data \(.*\) lies in the trash/ });
    await gone(vaultBefore);
    const [entry, ...others] = await trashOf("keeper");
    expect(others).toEqual([]);
    expect(entry?.at).toBeGreaterThanOrEqual(since);
    expect(entry?.bytes).toBeGreaterThan(0);
    expect(await readFile(inTrash(entry), "utf8")).toBe(text);
    await daemon.api.emptyTrash([entry?.id ?? ""]);
    expect(await readdir(node.file("trash"))).toEqual([]);
  });
});

test("data comes back with its content and its owner, and only where somebody says so", async () => {
  const text = await keeping();
  await done({ kind: "uninstall", apps: ["keeper"] });
  const fresh = await daemon.api.edit({ kind: "install", apps: ["keeper"] });
  expect(fresh.job?.reason).toMatch(
    /data of an earlier installation of keeper \(.*, of \d{4}-\d\d-\d\d\) lies in the trash/,
  );
  await daemon.settled("keeper");
  await eventually(async () => expect(await readFile(data("kept/file"), "utf8")).not.toBe(text));
  expect(await done({ kind: "uninstall", apps: ["keeper"], purge: true })).toMatchObject({
    reason: "keeper and its data are gone",
  });

  expect(await node.cli("install", "keeper", "--restore", "--yes")).toMatchObject({ code: 0 });
  expect(await readFile(data("kept/file"), "utf8")).toBe(text);
  expect([await stat(data("kept")), await stat(data("kept/file"))]).toMatchObject([
    { uid: 1234, gid: 1234 },
    { uid: 1234, gid: 1234 },
  ]);
  expect(await trashOf("keeper")).toEqual([]);
  const again = await node.cli("install", "keeper", "--restore", "--yes");
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("the trash holds no data of keeper") });
});

test("a purge deletes the data, and asks where it is not told yes", async () => {
  await keeping();
  const { vault: vaultBefore } = await containerIds(daemon);
  const asked = await node.cli("uninstall", "keeper", "--purge");
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("uninstall --purge --yes keeper") });
  expect(existsSync(data("kept/file"))).toBe(true);
  expect(await node.cli("uninstall", "keeper", "--purge", "--yes")).toMatchObject({ code: 0 });
  await gone(vaultBefore);
  expect(await readdir(node.file("trash"))).toEqual([]);
});

test("the trash is shown and emptied by the command line", async () => {
  await keeping();
  await done({ kind: "uninstall", apps: ["keeper"] });
  const shown = await node.cli("trash", "--json");
  expect(JSON.parse(shown.stdout)).toEqual(await trashOf("keeper"));
  expect(await node.cli("trash", "empty")).toMatchObject({ code: 2 });
  expect(await readdir(node.file("trash"))).not.toEqual([]);
  expect(await node.cli("trash", "empty", "--yes")).toMatchObject({ code: 0 });
  expect(await readdir(node.file("trash"))).toEqual([]);
});

describe("an entry that is taken out of node.yml by hand leaves its data;", () => {
  test.each<[string, () => Promise<void>]>([
    ["at once", () => Promise.resolve()],
    [
      "when nothing else of the app is left",
      async () => {
        await eventually(async () => expect(await containers()).toBe(""));
        await eventually(async () => expect(await daemon.api.plan()).toMatchObject({ steps: [] }));
        expect(existsSync(node.file("accepted/keeper"))).toBe(false);
      },
    ],
  ])("an uninstall %s takes it", async (_when, came) => {
    const text = await keeping();
    const { vault: vaultBefore } = await containerIds(daemon);
    await daemon.kill9();
    const nodeFile = await readFile(node.file("node.yml"), "utf8");
    await writeFile(node.file("node.yml"), nodeFile.replace(/^ {2}keeper:\n( {4}.*\n)*/m, ""));
    daemon = await RunningDaemon.start(node);
    await came();
    expect(await readFile(data("kept/file"), "utf8")).toBe(text);
    expect(await done({ kind: "uninstall", apps: ["keeper"] })).toMatchObject({ state: "done" });
    await gone(vaultBefore);
    const [entry, ...others] = await trashOf("keeper");
    expect(others).toEqual([]);
    expect(await readFile(inTrash(entry), "utf8")).toBe(text);
    await daemon.api.emptyTrash([entry?.id ?? ""]);
    await expect(daemon.api.edit({ kind: "uninstall", apps: ["keeper"] })).rejects.toMatchObject({
      code: "ARC_APP_UNKNOWN",
    });
  });
});

describe("a daemon that is killed in the middle of an uninstall,", () => {
  const running = async (): Promise<boolean> =>
    (await podman("ps", "-q", "--filter", "label=archipelago.app=keeper")) !== "";
  test.each<[string, () => Promise<boolean> | boolean]>([
    ["right after the call", () => true],
    ["when its container has ended", async () => !(await running())],
    ["when its container is removed", async () => (await containers()) === ""],
    ["when its data is in the trash", () => !existsSync(data())],
  ])("%s, is followed by one that goes on", async (_when, came) => {
    const text = await keeping();
    const { vault: vaultBefore } = await containerIds(daemon);
    const { job } = await daemon.api.edit({ kind: "uninstall", apps: ["keeper"] });
    while (!(await came())) await setImmediate();
    await daemon.kill9();
    daemon = await RunningDaemon.start(node);
    expect(await ended(daemon, job)).toMatchObject({ state: "done", reason: /lies in the trash/ });
    await gone(vaultBefore);
    const entries = await trashOf("keeper");
    expect(entries).toHaveLength(1);
    expect(await readFile(inTrash(entries[0]), "utf8")).toBe(text);
    await daemon.api.emptyTrash(entries.map(({ id }) => id));
  });
});
