import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUSYBOX } from "./images.ts";
import { LocalRegistry } from "./local-registry.ts";
import { ended, eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

let registry: LocalRegistry;
let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  registry = await LocalRegistry.start();
  node = await Node.make([]);
  await app("runs", await pushed("runs:1"));
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
  const left = await Promise.all([...images].map(async (each) => ((await here(each)) ? each : [])));
  await podman("rmi", ...left.flat());
});

/** What this machine may have of the registry, besides what other tests left. */
const images = new Set<string>();
const image = (name: string): string => registry.reference(`disk/${name}`);

/** An image that the registry has and this machine does not. */
async function pushed(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "image-"));
  await writeFile(path.join(folder, "Containerfile"), `FROM ${BUSYBOX}\nLABEL is=${name}\n`);
  const local = `localhost/archipelago-test/${name}`;
  await podman("build", "-q", "-t", local, folder);
  await rm(folder, { recursive: true });
  const { reference } = await registry.push(local, `disk/${name}`);
  await podman("rmi", local);
  images.add(reference);
  return reference;
}

const app = (id: string, from: string): Promise<void> =>
  node.app(id, {
    "manifest.yml": `
id: ${id}
name: ${id}
version: 1.0.0
update: { stable_for: 500ms }
container: { image: "${from}", stop: { signal: SIGKILL } }
`,
  });

/** Sets the marks of free space in node.yml; empty: as they are by themselves. */
async function marks(text: string): Promise<void> {
  const before = await readFile(node.file("node.yml"), "utf8");
  await writeFile(node.file("node.yml"), before.replace(/^disk:.*\n/m, "") + (text === "" ? "" : `disk: ${text}\n`));
}

const here = async (reference: string): Promise<boolean> =>
  podman("image", "exists", reference).then(
    () => true,
    () => false,
  );

/** A look may not have been told of the free space in time; the next one is, and whoever asks has one made. */
const removed = (reference: string): Promise<void> =>
  eventually(async () => {
    await daemon.api.plan();
    expect(await here(reference)).toBe(false);
  }, 30);

const run = (name: string): Promise<string> => podman("inspect", "--format", "{{.Id}} {{.State.Pid}}", name);

const FULL =
  /^only .* are free on the disk of the (data|images).*: nothing is installed or fetched until there is more$/;

test("under the one mark nothing is installed or fetched, and what runs goes on", async () => {
  const { job } = await daemon.api.edit({ kind: "install", apps: ["runs"] });
  expect(await ended(daemon, job)).toMatchObject({ state: "done" });
  const before = await run("runs.g1");
  await marks("{ hold_below: 900t }");
  await app("late", await pushed("late:1"));
  await app("local", BUSYBOX);
  const installs = [];
  for (const id of ["late", "local"]) installs.push((await daemon.api.edit({ kind: "install", apps: [id] })).job);
  for (const install of installs)
    expect(await ended(daemon, install)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("nothing is installed or fetched until there is more"),
    });
  for (const id of ["late", "local"]) {
    expect(await daemon.app(id)).toMatchObject({ containers: [], reason: expect.stringMatching(FULL) });
    const { holds } = await daemon.api.explain(id);
    expect(holds).toContainEqual(expect.objectContaining({ kind: "disk", reason: expect.stringMatching(FULL) }));
  }
  await app("runs", await pushed("runs:2"));
  await eventually(async () =>
    expect((await daemon.app("runs")).rollout).toMatchObject({
      state: "fetching",
      reason: expect.stringMatching(FULL),
    }),
  );
  expect(await run("runs.g1")).toBe(before);
  await podman("kill", "runs.g1");
  await eventually(async () => expect((await daemon.app("runs")).containers[0]?.state).toBe("running"));
  expect(await podman("ps", "-a", "--filter", "label=archipelago.owner", "--format", "{{.Names}}")).toBe("runs.g1");
  expect([await here(image("late:1")), await here(image("runs:2"))]).toEqual([false, false]);
});

test("what was held comes by itself when there is room", async () => {
  await marks("");
  await daemon.settled("runs", "late", "local");
  expect(await daemon.app("runs")).toMatchObject({ generation: 2, rollout: null });
});

test("under the other mark images that we fetched and no app needs are removed, and nobody else's", async () => {
  // As a person does it: never ours, though it comes from the same place.
  const foreign = await pushed("foreign:1");
  await podman("pull", "-q", foreign);
  await podman("create", "--name", "by-hand", image("late:1"));
  const third = await pushed("runs:3");
  await app("runs", third);
  await eventually(async () => expect((await daemon.app("runs")).generation).toBe(3));
  await daemon.settled("runs");
  const { job } = await daemon.api.edit({ kind: "uninstall", apps: ["late"] });
  expect(await ended(daemon, job)).toMatchObject({ state: "done" });
  const first = image("runs:1");
  const late = image("late:1");
  const before = await run("runs.g3");
  for (const each of [first, image("runs:2"), third, late, foreign]) expect(await here(each)).toBe(true);

  await marks("{ collect_below: 900t }");
  await removed(first);
  await daemon.settled("runs", "local");
  // The one before, the present one, that of a foreign container, a foreign one, and one that was always here.
  for (const each of [image("runs:2"), third, late, foreign, BUSYBOX]) expect(await here(each)).toBe(true);
  expect(await run("runs.g3")).toBe(before);

  await podman("rm", "by-hand");
  await removed(late);
  expect(await here(foreign)).toBe(true);
  const removals = (await daemon.api.history({ limit: 100 })).filter(({ action }) => action === "remove-image");
  expect(removals.map(({ reason, result }) => [result, reason])).toEqual(
    [late, first].map((each) => ["ok", expect.stringContaining(`no app needs ${each}, and only`)]),
  );
});

test("an image that was removed is fetched again where an app wants it back", async () => {
  const { job } = await daemon.api.edit({ kind: "install", apps: ["late"] });
  expect(await ended(daemon, job)).toMatchObject({ state: "done" });
  await daemon.settled("runs", "late", "local");
  expect(await here(image("late:1"))).toBe(true);
});
