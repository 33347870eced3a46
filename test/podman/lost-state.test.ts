import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BUSYBOX } from "./images.ts";
import { ended, eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

const APPS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map((letter) => `app-${letter}`);
/** Its second version fails, so that it went back to the first. */
const QUARANTINED = "app-j";

/** `line`: what its one program does. */
const manifest = (id: string, version: string, line: string): string => `
id: ${id}
name: ${id}
version: ${version}
update: { stable_for: 500ms }
container: { image: "${BUSYBOX}", entrypoint: ["/bin/sh", "-c", "${line}"], stop: { signal: SIGKILL } }
`;

let node: Node;
let daemon: RunningDaemon;
let before: string;

beforeAll(async () => {
  node = await Node.make(APPS);
  for (const id of APPS) await node.app(id, { "manifest.yml": manifest(id, "1.0.0", "exec sleep 100000") });
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...APPS);
  await node.app(QUARANTINED, { "manifest.yml": manifest(QUARANTINED, "2.0.0", "echo no use; exit 7") });
  const { job } = await daemon.api.edit({ kind: "update", apps: [QUARANTINED] });
  await ended(daemon, job);
});

beforeEach(async () => {
  await daemon.settled(...APPS);
  before = await runs();
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** Every container with its pid: another pid is a restart. */
async function runs(): Promise<string> {
  const rows = await podman(
    "ps",
    "-a",
    "--no-trunc",
    "--filter",
    "label=archipelago.owner",
    "--format",
    "{{.Names}} {{.ID}} {{.Pid}}",
  );
  return rows.split("\n").toSorted().join("\n");
}

/** The daemon is killed, something is lost, and the next one starts. Gives when that was, in ms since the epoch. */
async function losing(lose: () => Promise<void>): Promise<number> {
  await daemon.kill9();
  await lose();
  const at = Date.now();
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...APPS);
  return at;
}

async function removeState(): Promise<readonly string[]> {
  const names = (await readdir(node.home)).filter((name) => /^state\.db(-|$)/.test(name));
  for (const name of names) await rm(node.file(name), { recursive: true });
  return names;
}

/** All run as before, and what failed before is still known. */
async function recognised(): Promise<void> {
  const { apps } = await daemon.api.status();
  expect(apps.map(({ id, state, version, generation }) => [id, state, version, generation])).toEqual(
    APPS.map((id) => [id, "ready", "1.0.0", 1]),
  );
  expect(await runs()).toBe(before);
  expect(await daemon.api.plan()).toMatchObject({ steps: [], holds: [] });
  expect((await daemon.app(QUARANTINED)).rollout).toMatchObject({ state: "rolled-back", from: "1.0.0", to: "2.0.0" });
  expect((await daemon.api.explain(QUARANTINED)).failure).toMatchObject({
    version: "2.0.0",
    failed: [{ exitCode: 7, lines: ["no use"] }],
  });
}

/** Nothing was done since, and of what was before nothing is told. */
async function tellsNothingBefore(at: number): Promise<void> {
  const entries = await daemon.api.history({ limit: 1_000 });
  expect(entries.filter((entry) => entry.at < at || entry.app !== null)).toEqual([]);
  expect(await daemon.api.jobs({ limit: 1_000 })).toEqual([]);
}

test("without anything lost the history goes on", async () => {
  await losing(async () => undefined);
  await recognised();
  const actions = (await daemon.api.history({ limit: 1_000 })).map(({ app, action }) => `${app} ${action}`);
  for (const app of APPS) expect(actions).toContain(`${app} start`);
  expect(await daemon.api.jobs({ limit: 10 })).toHaveLength(1);
});

describe("a state.db that", () => {
  test("is deleted takes history and jobs with it, and nothing else", async () => {
    const at = await losing(async () => {
      expect(await removeState()).toContain("state.db");
    });
    await recognised();
    await tellsNothingBefore(at);
    expect((await daemon.api.status()).notices).toEqual([]);
  });

  test("holds random bytes is set aside, said, and replaced", async () => {
    const bytes = randomBytes(64 * 1024);
    const at = await losing(async () => {
      // From its log SQLite could bring it back.
      await removeState();
      await writeFile(node.file("state.db"), bytes);
    });
    await recognised();
    await tellsNothingBefore(at);
    const aside = (await readdir(node.home)).filter((name) => /^state\.db\.corrupt-[^-]+-[^-]+-[^-]+Z$/.test(name));
    expect(aside).toHaveLength(1);
    expect((await readFile(node.file(aside[0] ?? ""))).equals(bytes)).toBe(true);
    const { notices } = await daemon.api.status();
    expect(notices).toEqual([expect.stringContaining(`it was set aside as ${node.file(aside[0] ?? "")}`)]);
    expect((await node.cli("status")).stdout).toContain("history and jobs begin anew");

    await losing(async () => undefined);
    expect((await daemon.api.status()).notices).toEqual([]);
    await recognised();
  });

  test("can't be opened at all is done without until the next start", async () => {
    const at = await losing(async () => {
      await removeState();
      await mkdir(node.file("state.db"));
    });
    await recognised();
    await tellsNothingBefore(at);
    expect((await daemon.api.status()).notices).toEqual([
      expect.stringContaining("kept in memory until the next start"),
    ]);
    await losing(async () => void (await removeState()));
    expect((await daemon.api.status()).notices).toEqual([]);
  });
});

test("a record that is no record any more costs its app one more try, and nobody else anything", async () => {
  const others = (rows: string): string => rows.replace(/^app-j.*\n?/gm, "");
  const bytes = randomBytes(512);
  await losing(() => writeFile(node.file("accepted", `${QUARANTINED}.json`), bytes));
  await eventually(async () =>
    expect(await daemon.app(QUARANTINED)).toMatchObject({ state: "ready", rollout: { state: "rolled-back" } }),
  );
  await daemon.settled(...APPS);
  expect(others(await runs())).toBe(others(before));
  before = await runs();
  await recognised();
});

test("with all of accepted/ gone nothing restarts where the catalogue has what runs", async () => {
  await node.app(QUARANTINED, { "manifest.yml": manifest(QUARANTINED, "1.0.0", "exec sleep 100000") });
  const wanted = await readFile(node.file("node.yml"), "utf8");
  await writeFile(node.file("node.yml"), wanted.replace(", version: 2.0.0", ""));
  await eventually(async () => expect(await daemon.app(QUARANTINED)).toMatchObject({ rollout: null }));
  const copies = await readdir(node.file("accepted"));
  await losing(() => rm(node.file("accepted"), { recursive: true }));
  expect(await runs()).toBe(before);
  expect((await readdir(node.file("accepted"))).toSorted()).toEqual(copies.toSorted());
  expect((await daemon.api.status()).notices).toEqual([]);
});
