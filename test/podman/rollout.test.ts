import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { decodeAppRecord, type AppRecord } from "../../src/core/record/app-record.ts";
import type { JobView } from "../../src/rpc/node-api.ts";
import { LocalRegistry } from "./local-registry.ts";
import { containersOf, metAnother, publish, pushWebs, type Web } from "./rolling-web.ts";
import { ended, eventually, get, Node, podman, RunningDaemon } from "./running-daemon.ts";

type Changes = Partial<Omit<Web, "id" | "port">>;

const FAILING = ["pull", "create", "start", "once", "unready", "crash"] as const;
const HELD = ["until-start", "never"] as const;
const WAITING = ["pinned", "loose"] as const;
const APPS = ["good", "typed", ...FAILING, ...HELD, "far", ...WAITING] as const;
type App = (typeof APPS)[number];

let registry: LocalRegistry;
let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  registry = await LocalRegistry.start();
  await pushWebs(registry, ["1", "2", "3"]);
  node = await Node.make(APPS);
  for (const app of APPS) await put(app, app === "until-start" || app === "never" ? { rollback: app } : {});
  daemon = await RunningDaemon.start(node);
  await daemon.settled(...APPS);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
});

const portOf = (id: App): number => 18_400 + APPS.indexOf(id);

/** Version 1.0.0 of the catalogue, with what a case changes laid over it. */
function put(id: App, changes: Changes = {}): Promise<void> {
  const first = { version: "1.0.0", image: registry.reference("web:1") };
  return publish(node, { ...first, ...changes, id, port: portOf(id) });
}

const second = (changes: Changes = {}): Changes => ({
  version: "2.0.0",
  image: registry.reference("web:2"),
  ...changes,
});

const update = (id: App) => daemon.api.edit({ kind: "update", apps: [id] });

/** What it serves, as soon as it answers. */
const serves = (id: App): Promise<string> => eventually(async () => (await get(portOf(id))).body.trim());

async function recordOf(id: App): Promise<AppRecord | null> {
  return decodeAppRecord(await readFile(node.file("accepted", `${id}.json`), "utf8"));
}

const engineId = (name: string): Promise<string> => podman("inspect", "--format", "{{.Id}}", name);

/** Until nothing of it is planned, and nothing of it waits for a moment. */
function quiet(id: App): Promise<void> {
  return eventually(async () => {
    const { steps, holds } = await daemon.api.plan();
    expect([...steps, ...holds].filter(({ app }) => app === id)).toEqual([]);
  }, 30);
}

const generation = (id: App, number: number): readonly string[] =>
  [`${id}--migrate.g${number} exited`, `${id}--ui.g${number} running`, `${id}.g${number} running`].toSorted();

/** Steps that were done for the app, as `create main`, oldest first. */
async function deeds(id: App, since = 0): Promise<readonly string[]> {
  const entries = await daemon.api.history({ app: id, since, limit: 1_000 });
  return entries
    .filter(({ actor, result }) => actor === "reconcile" && result !== "noted")
    .map(({ action, container, result }) => `${action} ${container ?? id}${result === "failed" ? " failed" : ""}`)
    .toReversed();
}

/** It has become that version, nothing of the earlier one is left, and no two of it ever ran at the same time. */
async function moved(id: App, version: string, expected: string): Promise<void> {
  await quiet(id);
  expect(await daemon.app(id)).toMatchObject({ state: "ready", version, rollout: null });
  expect(await serves(id)).toBe(expected);
  // A container whose spec is the same in both versions stays as it is.
  const found = await containersOf(id);
  expect(found.map((each) => each.replace(/\.g\d+/, ".g1"))).toEqual(generation(id, 1));
  expect(await recordOf(id)).toMatchObject({ committed: { version } });
  expect(await readFile(node.file("accepted", id, "manifest.yml"), "utf8")).toContain(`version: ${version}`);
  expect(await metAnother(node, id)).toBe("");
}

describe.concurrent("a good update", () => {
  test("moves all containers as one, proves itself, and leaves nothing of the old one", async () => {
    await put("good", second());
    await quiet("good");
    const over = new AbortController();
    const phases = new Set<string>();
    const heard = (async () => {
      for await (const event of daemon.api.events(over.signal)) {
        if (event.type === "job" && event.job.apps.includes("good")) phases.add(event.job.phase);
      }
    })().catch(() => undefined);
    const { job } = await update("good");
    expect(await ended(daemon, job)).toMatchObject({ kind: "update", state: "done" });
    over.abort();
    await heard;
    // What is over before the next look is not told of: a stop or a start may be.
    expect([...phases].filter((phase) => ["fetch", "prepare", "prove"].includes(phase))).toEqual([
      "fetch",
      "prepare",
      "prove",
    ]);
    await moved("good", "2.0.0", "2");
    const committed = (await recordOf("good"))?.committed;
    expect(committed).toMatchObject({
      images: [registry.reference("web:2")],
      previousImages: [registry.reference("web:1")],
    });
    expect(committed?.downtime).toBeGreaterThan(0);
    expect(committed?.downtime).toBeLessThan(15_000);
    expect(await readFile(node.file("data", "good", "db", "migrations"), "utf8")).toBe("1\n2\n");
  });

  test("is one line for a person", async () => {
    await put("typed", second());
    const { code, stdout } = await node.cli("update", "typed", "--yes", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ changed: ["typed"], job: { kind: "update", state: "done" } });
    await moved("typed", "2.0.0", "2");
  });
});

interface Case {
  readonly app: App;
  readonly spoiled: () => Changes;
  readonly reason: RegExp;
  /** Of the container that failed; null: none has run. */
  readonly failed: { readonly container: string; readonly exitCode: number | null; readonly lines: unknown } | null;
  /** What a person does about it; gives back the job to wait for where there is one. */
  readonly mend: () => Promise<JobView | null>;
}

const retry = async (id: App): Promise<null> => {
  await daemon.api.edit({ kind: "retry", apps: [id] });
  return null;
};
const device = (): string => path.join(node.folder, "device");

const FAILURES: Readonly<Record<string, Case>> = {
  "a pull, and goes well when the image is pushed and somebody says retry": {
    app: "pull",
    spoiled: () => second({ image: registry.reference("late:2") }),
    reason: /late:2.*(not found|unknown)/i,
    failed: null,
    mend: async () => {
      await podman("pull", "-q", registry.reference("web:2"));
      await registry.push(registry.reference("web:2"), "late:2");
      return retry("pull");
    },
  },
  "a create, and goes well when the device is there and somebody says retry": {
    app: "create",
    spoiled: () => second({ main: { devices: [device()] } }),
    reason: /could not be (created|started).*device/,
    failed: null,
    mend: () => {
      execFileSync("mknod", [device(), "c", "1", "3"]);
      return retry("create");
    },
  },
  "a start, and goes well with the next version": {
    app: "start",
    spoiled: () => second({ main: { entrypoint: ["/bin/no-such-program"] } }),
    reason: /could not be started.*no-such-program/,
    failed: null,
    mend: async () => {
      await put("start", second({ version: "2.0.1" }));
      return (await update("start")).job;
    },
  },
  "its one-shot, and goes well when the data are mended and somebody says retry": {
    app: "once",
    spoiled: () => second({ migrate: { env: { NEEDS: "index" } } }),
    reason: /once--migrate\.g2 exited with code 3/,
    failed: { container: "migrate", exitCode: 3, lines: ["no index in the data"] },
    mend: async () => {
      await writeFile(node.file("data", "once", "db", "index"), "");
      return retry("once");
    },
  },
  "its readiness, and goes well with a version that asks for less": {
    app: "unready",
    spoiled: () =>
      second({
        main: { health: { readiness: { http: { port: 80, path: "/none" }, interval: "200ms", failures: 3 } } },
      }),
    reason: /unready\.g2 did not become ready: .*404/,
    failed: { container: "main", exitCode: null, lines: [] },
    mend: async () => {
      await put("unready", second({ version: "2.0.1" }));
      return (await update("unready")).job;
    },
  },
  "a crash inside the window, and goes well by itself when its manifest is mended": {
    app: "crash",
    spoiled: () => second({ main: { env: { CRASH: "1" } } }),
    reason: /crash\.g2 exited with code 9/,
    failed: { container: "main", exitCode: 9, lines: ["panic: the database is from the future"] },
    mend: () => put("crash", second({ main: { env: { MENDED: "1" } } })).then(() => null),
  },
};

describe.concurrent("an update that fails by", () => {
  test.each(Object.entries(FAILURES))("%s", async (_what, { app, spoiled, reason, failed, mend }) => {
    const before = await engineId(`${app}.g1`);
    const since = Date.now();
    await put(app, spoiled());
    const { job } = await update(app);
    const end = await ended(daemon, job);
    expect(end).toMatchObject({ state: "failed", reason: expect.stringMatching(reason) });

    await quiet(app);
    expect(await daemon.app(app)).toMatchObject({
      state: "ready",
      version: "1.0.0",
      rollout: { state: "rolled-back", from: "1.0.0", to: "2.0.0" },
    });
    expect(await serves(app)).toBe("1");
    expect(await containersOf(app)).toEqual(generation(app, 1));
    expect(await engineId(`${app}.g1`)).toBe(before);
    expect(await metAnother(node, app)).toBe("");
    const { failure, sentences } = await daemon.api.explain(app);
    expect(failure).toMatchObject({ version: "2.0.0", reason: expect.stringMatching(reason) });
    expect(sentences.join("\n")).toContain("you say retry");
    if (failed) expect(failure?.failed).toContainEqual(expect.objectContaining(failed));

    // It is quiet: nothing will be tried again, and nothing was.
    const done = await deeds(app, since);
    for (const deed of ["create main", "create migrate", "start migrate", "quarantine"]) {
      expect(done.filter((each) => each.startsWith(deed)).length, done.join(", ")).toBeLessThanOrEqual(1);
    }

    const mended = await mend();
    if (mended) expect(await ended(daemon, mended)).toMatchObject({ state: "done" });
    const version = (await readFile(path.join(node.apps, app, "manifest.yml"), "utf8")).match(/version: (.*)/)?.[1];
    await eventually(async () => expect(await daemon.app(app)).toMatchObject({ version, rollout: null }), 30);
    await moved(app, version ?? "", "2");
  });
});

describe.concurrent("a manifest that forbids to go back", () => {
  test.each(HELD)("(%s) stays where it is, and says what to do", async (rollback) => {
    await put(rollback, second({ rollback, main: { env: { CRASH: "0.2" } } }));
    const { job } = await update(rollback);
    const advice = /needs a person: version 2\.0\.0 failed: .*exited with code 9.*look at its logs.*restore a backup/;
    expect(await ended(daemon, job)).toMatchObject({ state: "failed", reason: expect.stringMatching(advice) });
    // Between two of its restarts: it is tried again, with pauses.
    await eventually(async () => {
      const { status, sentences } = await daemon.api.explain(rollback);
      expect(status).toMatchObject({ state: "failed", rollout: { state: "stuck" } });
      expect(sentences.join("\n")).toMatch(advice);
    });
    expect(await containersOf(rollback)).toContain(`${rollback}.g1 exited`);
    // A person mends it.
    await put(rollback, second({ rollback, version: "2.0.1" }));
    expect(await ended(daemon, (await update(rollback)).job)).toMatchObject({ state: "done" });
    await moved(rollback, "2.0.1", "2");
  });
});

test("while the registry is down the old one runs on and is healed; when it is back, the update goes through", async () => {
  await put("far", { version: "3.0.0", image: registry.reference("web:3") });
  await registry.stop();
  await update("far");
  const fetching = await eventually(async () => {
    const { state, version, rollout, reason } = await daemon.app("far");
    expect({ state, version, rollout: rollout?.state }).toEqual({
      state: "ready",
      version: "1.0.0",
      rollout: "fetching",
    });
    expect(reason).toMatch(/connection refused.*tries again at 20\d\d-/i);
    return rollout;
  });
  expect(fetching).toMatchObject({ from: "1.0.0", to: "3.0.0" });
  const before = await engineId("far.g1");
  const since = Date.now();
  process.kill(Number(await podman("inspect", "--format", "{{.State.Pid}}", before)), "SIGKILL");
  await eventually(async () => expect(await deeds("far", since)).toContain("start main"));
  expect(await serves("far")).toBe("1");
  expect(await engineId("far.g1")).toBe(before);
  expect(await daemon.app("far")).toMatchObject({ version: "1.0.0", rollout: { state: "fetching" } });
  await registry.resume();
  await eventually(async () => expect(await daemon.app("far")).toMatchObject({ version: "3.0.0", rollout: null }), 60);
  await moved("far", "3.0.0", "3");
});

describe("a newer manifest in the catalogue", () => {
  test("shows as available, and waits until somebody says update", async () => {
    for (const app of WAITING) await put(app, second());
    await eventually(async () => {
      for (const app of WAITING)
        expect(await daemon.app(app)).toMatchObject({ state: "ready", version: "1.0.0", available: "2.0.0" });
    });
    for (const app of WAITING) await quiet(app);
  });

  test("comes by itself under automatic updates, but where node.yml says a version", async () => {
    const wanted = async (pin: string): Promise<void> => {
      const config = parse(await readFile(node.file("node.yml"), "utf8"));
      config.updates = "automatic";
      config.apps.pinned.version = pin;
      await writeFile(node.file("node.yml"), stringify(config));
    };
    await wanted("1.0.0");
    await eventually(async () => expect(await daemon.app("loose")).toMatchObject({ version: "2.0.0", rollout: null }));
    await moved("loose", "2.0.0", "2");
    expect(await daemon.app("pinned")).toMatchObject({ state: "ready", version: "1.0.0", available: "2.0.0" });
    await wanted("2.0.0");
    await eventually(async () => expect(await daemon.app("pinned")).toMatchObject({ version: "2.0.0", rollout: null }));
    await moved("pinned", "2.0.0", "2");
    await wanted("3.0.0");
    await eventually(async () => expect((await daemon.app("pinned")).notices.join()).toContain("3.0.0"));
    expect(await daemon.app("pinned")).toMatchObject({ state: "ready", version: "2.0.0" });
  });
});
