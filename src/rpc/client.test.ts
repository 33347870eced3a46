import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ArcError } from "../core/errors/arc-error.ts";
import { serveNode } from "../daemon/http/serve-node.ts";
import { ScriptedNodeApi } from "../testkit/scripted-node-api.ts";
import { SeededRandom } from "../testkit/seeded-random.ts";
import { servedNode } from "../testkit/served-node.ts";
import { temporaryFolder } from "../testkit/temporary-folder.ts";
import { appStatus, historyEntry, planStep, planView } from "../testkit/views.ts";
import { connectNode } from "./client.ts";
import type { LogEntry, NodeEvent } from "./node-api.ts";

const LINES: readonly LogEntry[] = [
  { container: "main", stream: "stdout", text: "one" },
  { container: "ui", stream: "stderr", text: "zwö\u2028 { }" },
  { container: "main", stream: "stdout", text: "" },
];

test("every answer arrives as the node gave it", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd", { progress: 0.5, available: "2.0.0" }));
  api.entries.push(historyEntry({ at: 5 }), historyEntry({ app: "tor", at: 3 }));
  const diff = [
    {
      path: "env.X",
      desired: "b",
      observed: null,
      origin: "fact:host_ip",
      impact: "recreate",
      cause: { from: "a", to: "b" },
    },
  ] as const;
  api.planned = planView({
    id: "p7",
    steps: [planStep("lnd", { diff })],
    holds: [{ app: appStatus("tor").id, kind: "pause", reason: "r", until: 9 }],
  });
  await using served = await servedNode(api);
  const { client } = served;
  expect(await client.status()).toEqual(await api.status());
  expect(await client.facts()).toEqual(await api.facts());
  expect(await client.plan()).toEqual(api.planned);
  expect(await client.plan({ kind: "install", apps: ["lnd"] })).toEqual(api.planned);
  expect(await client.explain("lnd")).toEqual(await api.explain("lnd"));
  expect(await client.history({ app: "lnd", since: 4, limit: 10 })).toEqual([historyEntry({ at: 5 })]);
  expect(await client.edit({ kind: "restart", apps: ["lnd"] }, "p7")).toEqual({
    changed: ["lnd"],
    plan: api.planned,
    job: api.work.all.get("job-1"),
  });
  expect(await client.apply("p7")).toEqual(api.planned);
  expect(api.edits).toEqual([{ kind: "restart", apps: ["lnd"] }]);
  expect(api.applied).toEqual(["p7"]);
});

test("jobs, the trash and what could be adopted go over the wire whole, and the socket says who asks", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  api.adoptions.push({
    app: "lnd",
    container: "main",
    name: "my-lnd",
    id: "abc",
    image: "lnd:1",
    by: "both",
    verdict: "different",
    sentence: "it differs",
    diff: [],
  });
  api.trashed.push({ id: "lnd-1", app: "lnd", at: 7, bytes: null }, { id: "tor-1", app: "tor", at: 6, bytes: 5 });
  await using served = await servedNode(api, { listen: "127.0.0.1:0" });
  const { client, home } = served;
  const token = (await readFile(join(home, "run", "token"), "utf8")).trim();
  const dashboard = connectNode({ url: served.addresses[1] ?? "", token });
  const uninstall = { kind: "uninstall", apps: ["lnd"], purge: true } as const;
  const adopt = { kind: "adopt", apps: ["lnd"], replace: true, from: ["my-lnd"] } as const;
  const { job } = await client.edit(uninstall);
  expect(job).toMatchObject({ id: "job-1", kind: "uninstall", state: "running" });
  await dashboard.edit(adopt);
  expect(api.edits).toEqual([uninstall, adopt]);
  expect(await client.jobs({ app: "lnd", limit: 1 })).toMatchObject([{ id: "job-2", actor: "dashboard" }]);
  expect(await dashboard.cancelJob("job-2")).toMatchObject({ state: "cancelled" });
  await expect(client.cancelJob("job-2")).rejects.toMatchObject({ code: "ARC_JOB_FIXED" });
  await expect(client.job("job-9")).rejects.toMatchObject({ code: "ARC_JOB_UNKNOWN" });
  expect(await client.adoptable()).toEqual(api.adoptions);
  expect(await client.adoptable("tor")).toEqual([]);
  expect(await client.emptyTrash(["lnd-1"])).toEqual([{ id: "lnd-1", app: "lnd", at: 7, bytes: null }]);
  expect(await client.trash()).toEqual([{ id: "tor-1", app: "tor", at: 6, bytes: 5 }]);
  expect(api.actors).toEqual(["cli", "dashboard", "dashboard", "cli", "cli"]);
});

test("an option that an edit does not know is refused", async () => {
  await using served = await servedNode(new ScriptedNodeApi(appStatus("lnd")));
  for (const edit of [
    { kind: "install", apps: ["lnd"], purge: true },
    { kind: "stop", apps: ["lnd"], restore: true },
    { kind: "adopt", apps: ["lnd", "tor"] },
  ] as const)
    await expect(served.client.edit(edit)).rejects.toMatchObject({ code: "ARC_USAGE" });
});

test.each([
  ["ARC_APP_UNKNOWN", () => new ArcError("ARC_APP_UNKNOWN", "There is no app x.", { hint: "Look." })],
  ["ARC_PLAN_STALE", () => new ArcError("ARC_PLAN_STALE", "Plan p1 no longer holds.")],
  [
    "ARC_CATALOGUE_INVALID",
    () =>
      ArcError.fromProblems([{ code: "ARC_CATALOGUE_INVALID", message: "a cycle", path: "requires", hint: "Cut it." }]),
  ],
])("%s is thrown as the node threw it", async (_code, make) => {
  const api = new ScriptedNodeApi();
  const failure = make();
  api.failure = failure;
  await using served = await servedNode(api);
  const caught = await served.client.plan().catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(ArcError);
  const { code, message, hint, problems } = failure;
  expect(caught).toMatchObject({ code, message, hint, problems });
});

test("where no socket is there is no daemon", async () => {
  using folder = temporaryFolder();
  const client = connectNode({ socketPath: join(folder.path, "none.sock") });
  await expect(client.status()).rejects.toMatchObject({ code: "ARC_DAEMON_UNREACHABLE" });
  const { signal } = new AbortController();
  await expect(client.events(signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "ARC_DAEMON_UNREACHABLE",
  });
  await expect(
    client.logs("lnd", null, { follow: false, tail: 1 }, signal)[Symbol.asyncIterator]().next(),
  ).rejects.toMatchObject({ code: "ARC_DAEMON_UNREACHABLE" });
});

test("a wrong token is ARC_UNAUTHORIZED", async () => {
  await using served = await servedNode(new ScriptedNodeApi(), { listen: "127.0.0.1:0" });
  const client = connectNode({ url: served.addresses[1] ?? "", token: "0".repeat(64) });
  await expect(client.status()).rejects.toMatchObject({ code: "ARC_UNAUTHORIZED" });
});

test("an answer that is not understood says that versions may differ", async () => {
  const api = new ScriptedNodeApi();
  api.facts = () => Promise.resolve(JSON.parse("{}"));
  await using served = await servedNode(api);
  await expect(served.client.facts()).rejects.toMatchObject({ code: "ARC_INTERNAL", hint: /different versions/ });
});

test("logs come line by line, of all containers or of one", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  api.logLines.push(...LINES);
  await using served = await servedNode(api);
  const { signal } = new AbortController();
  const all = served.client.logs("lnd", null, { follow: false, tail: 100 }, signal);
  expect(await Array.fromAsync(all)).toEqual(LINES);
  const one = served.client.logs("lnd", "main", { follow: false, tail: 1 }, signal);
  expect(await Array.fromAsync(one)).toEqual([LINES[2]]);
});

test("logs of an app that is not there are ARC_APP_UNKNOWN", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  const logs = served.client.logs("x/../y", null, { follow: true, tail: 1 }, new AbortController().signal);
  await expect(Array.fromAsync(logs)).rejects.toMatchObject({ code: "ARC_APP_UNKNOWN" });
});

test("logs that break off end with the error", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  api.logLines.push(...LINES);
  api.failure = new ArcError("ARC_ENGINE_UNAVAILABLE", "Podman went away.");
  await using served = await servedNode(api);
  const got: LogEntry[] = [];
  const reading = async (): Promise<void> => {
    const logs = served.client.logs("lnd", null, { follow: false, tail: 5 }, new AbortController().signal);
    for await (const entry of logs) got.push(entry);
  };
  await expect(reading()).rejects.toMatchObject({ code: "ARC_ENGINE_UNAVAILABLE", message: "Podman went away." });
  expect(got).toEqual(LINES);
});

test("who stops following logs is no longer served", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  api.logLines.push(...LINES);
  await using served = await servedNode(api);
  const stop = new AbortController();
  const got: LogEntry[] = [];
  for await (const entry of served.client.logs("lnd", null, { follow: true, tail: 5 }, stop.signal)) {
    got.push(entry);
    if (got.length < LINES.length) continue;
    expect(api.followers).toBe(1);
    stop.abort();
  }
  expect(got).toEqual(LINES);
  await expect.poll(() => api.followers).toBe(0);
});

test("following logs goes away also before the first line", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  await using served = await servedNode(api);
  const stop = new AbortController();
  const reading = Array.fromAsync(served.client.logs("lnd", null, { follow: true, tail: 5 }, stop.signal));
  await expect.poll(() => api.followers).toBe(1);
  stop.abort();
  expect(await reading).toEqual([]);
  await expect.poll(() => api.followers).toBe(0);
});

test("events go on across a daemon that comes back, which tells every app's present state", async () => {
  using folder = temporaryFolder();
  const options = { home: folder.path, listen: null, onError: () => {} };
  const before = new ScriptedNodeApi(appStatus("lnd"));
  const first = await serveNode(before, { ...options, random: new SeededRandom(1) });
  const stop = new AbortController();
  const events = connectNode({ socketPath: join(folder.path, "run", "archipelago.sock") }).events(stop.signal);
  const iterator = events[Symbol.asyncIterator]();
  const next = async (): Promise<NodeEvent | undefined> => (await iterator.next()).value;

  const pending = next();
  const telling = setInterval(() => before.emit({ type: "engine", state: "available" }), 5);
  expect(await pending).toEqual({ type: "engine", state: "available" });
  clearInterval(telling);

  const state = next();
  await first[Symbol.asyncDispose]();
  const after = new ScriptedNodeApi(appStatus("lnd", { state: "stopped" }));
  await using _second = await serveNode(after, { ...options, random: new SeededRandom(2) });
  let event = await state;
  while (event?.type === "engine") event = await next();
  expect(event).toMatchObject({ type: "state", app: { id: "lnd", state: "stopped" } });
  stop.abort();
  expect((await iterator.next()).done).toBe(true);
});
