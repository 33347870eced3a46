import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manifestText } from "../../src/testkit/builders.ts";
import { BUSYBOX } from "./images.ts";
import { ended, eventually, get, Node, podman, RunningDaemon } from "./running-daemon.ts";

const IMAGE = "localhost/script/web:1";
const SAME_IMAGE = "localhost/script/web:stable";
const OTHER_IMAGE = "localhost/script/other:1";
const NETWORK = "archy-net";

/** Serves its data on both of its ports; without data it begins some. */
const CONTAINERFILE = `FROM ${BUSYBOX}
COPY serve /bin/
CMD ["/bin/serve"]
`;
const SERVE = `#!/bin/sh
[ -e /data/index.html ] || echo new >/data/index.html
httpd -p "$SECOND" -h /data
exec httpd -f -p "$FIRST" -h /data
`;

const EQUAL = ["same", "order", "tag", "slash", "range"] as const;
const DIFFERENT = ["extra", "policy", "networkless", "host"] as const;
const APPS = [...EQUAL, ...DIFFERENT, "clash"] as const;
type App = (typeof APPS)[number];

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  const context = await mkdtemp(path.join(tmpdir(), "script-"));
  await writeFile(path.join(context, "serve"), SERVE, { mode: 0o755 });
  await writeFile(path.join(context, "Containerfile"), CONTAINERFILE);
  await podman("build", "-q", "-t", IMAGE, context);
  await podman("tag", IMAGE, SAME_IMAGE);
  await podman("build", "-q", "--label", "other=1", "-t", OTHER_IMAGE, context);
  await rm(context, { recursive: true });
  await podman("network", "create", NETWORK);
  node = await Node.make([]);
  await writeFile(node.file("node.yml"), "# a person's remark\n");
  for (const id of APPS) await node.app(id, { "manifest.yml": manifest(id) });
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  const left = await podman("ps", "-aq", "--filter", `network=${NETWORK}`);
  await podman("rm", "-f", "-t", "0", "--ignore", "clash", ...left.split("\n").filter(Boolean));
  await podman("network", "rm", "-f", NETWORK);
  await node[Symbol.asyncDispose]();
});

const portOf = (id: App): number => 18_600 + 2 * APPS.indexOf(id);
const folderOf = (id: App): string => node.file("data", id, "db");

function manifest(id: App): string {
  const [first, second] = [portOf(id), portOf(id) + 1];
  return manifestText({
    id,
    update: { stable_for: "1s" },
    container: {
      image: IMAGE,
      env: { COLOUR: "blue", FIRST: String(first), SECOND: String(second) },
      network: NETWORK,
      ports: [first, second].map((port) => ({ container: port, host: port })),
      volumes: [{ source: "db", target: "/data" }],
      stop: { signal: "SIGKILL", grace: "5s" },
      health: { readiness: { http: { port: first }, interval: "300ms", failures: 4 } },
    },
  });
}

/** The parts of a script's line. */
interface Line {
  readonly env: readonly string[];
  readonly network: readonly string[];
  readonly ports: readonly string[];
  readonly volume: string;
  readonly image: string;
  readonly more: readonly string[];
}

const CHANGES: Readonly<Partial<Record<App, (line: Line) => Partial<Line>>>> = {
  order: ({ env }) => ({ env: env.toReversed() }),
  tag: () => ({ image: SAME_IMAGE }),
  slash: ({ volume }) => ({ volume: volume.replace(":", "/:") }),
  range: ({ ports: [first = "", last = ""] }) => {
    const range = `${first.split(":")[0]}-${last.split(":")[0]}`;
    return { ports: [`${range}:${range}`] };
  },
  extra: ({ env }) => ({ env: [...env, "EXTRA=1"] }),
  policy: () => ({ more: ["--restart", "always"] }),
  networkless: () => ({ network: [] }),
  host: () => ({ network: ["--network", "host"], ports: [] }),
  clash: () => ({ image: OTHER_IMAGE, ports: [] }),
};

/** As a shell script would: one `podman run`, with some data of long ago in its folder. */
async function script(id: App): Promise<void> {
  const numbers = [portOf(id), portOf(id) + 1];
  const line: Line = {
    env: ["COLOUR=blue", `FIRST=${numbers[0]}`, `SECOND=${numbers[1]}`],
    network: ["--network", NETWORK],
    ports: numbers.map((port) => `${port}:${port}`),
    volume: `${folderOf(id)}:/data`,
    image: IMAGE,
    more: [],
  };
  const { env, network, ports, volume, image, more } = { ...line, ...CHANGES[id]?.(line) };
  await mkdir(folderOf(id), { recursive: true });
  await writeFile(path.join(folderOf(id), "index.html"), `of ${id}, long ago\n`);
  const options = [...env.flatMap((pair) => ["-e", pair]), ...ports.flatMap((port) => ["-p", port]), ...more];
  const security = ["--security-opt", "no-new-privileges"];
  await podman("run", "-d", "--name", id, ...network, ...options, "-v", volume, ...security, image);
}

/** Its engine id and pid: another pid is a restart. */
const identity = (name: string): Promise<string> => podman("inspect", "--format", "{{.Id}} {{.State.Pid}}", name);

const adopt = (id: App, replace = false) => daemon.api.edit({ kind: "adopt", apps: [id], ...(replace && { replace }) });

/** What looks like it by its name; the others run its image too. */
const lookalike = async (id: App) => (await daemon.api.adoptable(id)).find(({ name }) => name === id);

async function serves(id: App): Promise<void> {
  for (const port of [portOf(id), portOf(id) + 1]) {
    const body = await eventually(async () => (await get(port)).body);
    expect(body).toBe(`of ${id}, long ago\n`);
  }
}

const ready = (id: App): Promise<void> =>
  eventually(async () => {
    expect(await daemon.app(id)).toMatchObject({ state: "ready", rollout: null });
    const { steps, holds } = await daemon.api.plan();
    expect([...steps, ...holds].filter(({ app }) => app === id)).toEqual([]);
  }, 30);

/** Its containers are gone, and its data lie in the trash. */
async function uninstalled(id: App): Promise<void> {
  const { job } = await daemon.api.edit({ kind: "uninstall", apps: [id] });
  expect(await ended(daemon, job)).toMatchObject({ state: "done" });
  const names = (await podman("ps", "-a", "--format", "{{.Names}}")).split("\n");
  expect(names.filter((name) => name === id || name.startsWith(`${id}.`))).toEqual([]);
  expect(existsSync(folderOf(id))).toBe(false);
  const kept = (await daemon.api.trash()).find(({ app }) => app === id);
  expect(await readFile(node.file("trash", kept?.id ?? "", "db", "index.html"), "utf8")).toBe(`of ${id}, long ago\n`);
}

describe.concurrent("a script's container with", () => {
  const WHAT = {
    same: "everything as the manifest says",
    order: "its environment in another order",
    tag: "another tag of the same image",
    slash: "a slash behind its folder",
    range: "its ports as a range",
  } as const satisfies Record<(typeof EQUAL)[number], string>;

  test.each(EQUAL.map((id) => [WHAT[id], id] as const))("%s is taken over as it runs", async (_what, id) => {
    await script(id);
    const before = await identity(id);
    expect(await lookalike(id)).toMatchObject({ app: id, container: "main", verdict: "equal", diff: [] });
    const { job } = await adopt(id);
    expect(await ended(daemon, job)).toMatchObject({ kind: "adopt", state: "done" });
    await ready(id);
    expect(await identity(id)).toBe(before);
    expect((await daemon.app(id)).containers).toMatchObject([{ name: id, generation: 1, state: "running" }]);
    await serves(id);
    expect(await lookalike(id)).toMatchObject({ verdict: "ours" });
  });
});

test("they outlive the daemon, and the next one restarts none", async () => {
  const before = await Promise.all(EQUAL.map(identity));
  await daemon.kill9();
  daemon = await RunningDaemon.start(node);
  for (const id of EQUAL) await ready(id);
  expect(await Promise.all(EQUAL.map(identity))).toEqual(before);
});

test("they are healed like any other", async () => {
  for (const id of EQUAL) {
    const [engineId, pid] = (await identity(id)).split(" ");
    process.kill(Number(pid), "SIGKILL");
    await eventually(async () => {
      const [sameId, anotherPid] = (await identity(id)).split(" ");
      expect(sameId).toBe(engineId);
      expect(["0", pid]).not.toContain(anotherPid);
    });
    await ready(id);
    await serves(id);
  }
});

test("they go by an uninstall, and their data to the trash", async () => {
  for (const id of EQUAL) await uninstalled(id);
});

describe.concurrent("a script's container with", () => {
  const WHAT = {
    extra: ["a variable more", ["env.EXTRA"]],
    policy: ["a restart policy", ["restart_policy"]],
    networkless: ["no network of ours", [`networks.${NETWORK}`]],
    host: ["the host's network", ["network"]],
  } as const satisfies Record<(typeof DIFFERENT)[number], readonly [string, readonly string[]]>;

  test.each(DIFFERENT.map((id) => [...WHAT[id], id] as const))(
    "%s is refused, and made anew on its data on a person's word",
    async (_what, paths, id) => {
      await script(id);
      const before = await identity(id);
      const found = await lookalike(id);
      expect(found).toMatchObject({ verdict: "different" });
      expect(found?.diff.map((entry) => entry.path)).toEqual(expect.arrayContaining([...paths]));
      await expect(adopt(id)).rejects.toMatchObject({ code: "ARC_ADOPT" });
      expect(await identity(id)).toBe(before);
      expect((await daemon.api.status()).apps.map((app) => String(app.id))).not.toContain(id);

      const { job } = await adopt(id, true);
      expect(await ended(daemon, job)).toMatchObject({ state: "done" });
      await ready(id);
      expect((await daemon.app(id)).containers).toMatchObject([{ name: `${id}.g2`, state: "running" }]);
      await expect(podman("inspect", id)).rejects.toThrow("no such");
      await serves(id);
      await uninstalled(id);
    },
  );
});

test("another program of an app's name is never touched", async () => {
  await script("clash");
  const { code, stdout } = await node.cli("adopt", "--json");
  expect(code).toBe(0);
  expect(stdout).toContain('"other-program"');
  const before = await identity("clash");
  expect(await lookalike("clash")).toMatchObject({ verdict: "other-program" });
  for (const replace of [false, true])
    await expect(adopt("clash", replace)).rejects.toMatchObject({ code: "ARC_ADOPT" });
  const { job } = await daemon.api.edit({ kind: "install", apps: ["clash"] });
  expect(await ended(daemon, job)).toMatchObject({ state: "done" });
  expect((await daemon.app("clash")).containers).toMatchObject([{ name: "clash.g1" }]);
  await serves("clash");
  const removal = await daemon.api.edit({ kind: "uninstall", apps: ["clash"] });
  await ended(daemon, removal.job);
  expect(await identity("clash")).toBe(before);
});
