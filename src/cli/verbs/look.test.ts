import { expect, test } from "vitest";
import { appId } from "../../core/ids.ts";
import type { RolloutStatus } from "../../core/status/status.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { runCommand } from "../../testkit/scripted-io.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { appStatus, historyEntry, planStep, planView } from "../../testkit/views.ts";

const NOW = 10_000_000;
const MINUTE = 60_000;

test("status is a table, with notices below", async () => {
  const api = new ScriptedNodeApi(
    appStatus("bitcoin", { state: "loading", progress: 0.129, reason: "it syncs", since: NOW - 3 * MINUTE }),
    appStatus("lnd-ui", {
      available: "2.0.0",
      url: "http://192.0.2.7:3006",
      since: NOW - 2_000,
      notices: ["look here"],
    }),
  );
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["status"], { home: served.home, now: NOW });
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "archy  regtest  Podman 4.3.1  /home-of-archy",
      "APP      STATE        VERSION                  SINCE  ADDRESS                REASON",
      "bitcoin  loading 12%  1.0.0                    3m                            it syncs",
      "lnd-ui   ready        1.0.0 (2.0.0 available)  2s     http://192.0.2.7:3006  it answers",
      "lnd-ui: look here",
      "",
    ].join("\n"),
  );
});

test.each<[RolloutStatus["state"], string, string, string]>([
  ["fetching", "1.1.0", "1.0.0 -> 1.1.0 (fetching)", ""],
  ["proving", "1.0.0", "1.0.0 (proving)", ""],
  ["rolled-back", "1.1.0", "1.0.0 (1.1.0 rolled back)", "lnd: main exited with 3\n"],
  ["rolled-back", "1.0.0", "1.0.0 (rolled back)", "lnd: main exited with 3\n"],
  ["stuck", "1.1.0", "1.0.0 -> 1.1.0 (stuck)", "lnd: main exited with 3\n"],
])("status marks a rollout that is %s to %s", async (state, to, version, remark) => {
  const rollout = { state, from: "1.0.0", to, reason: "main exited with 3" };
  await using served = await servedNode(new ScriptedNodeApi(appStatus("lnd", { rollout, available: "1.1.0" })));
  const { stdout } = await runCommand(["status"], { home: served.home, now: NOW });
  const [, , row, ...rest] = stdout.split("\n");
  expect(row).toContain(`lnd  ready  ${version}  `);
  expect(rest.join("\n")).toBe(remark);
});

test("on a terminal the table has colours and is no wider than that", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd", { reason: "because ".repeat(30), since: NOW }));
  await using served = await servedNode(api);
  const { stdout, plain } = await runCommand(["status"], { home: served.home, now: NOW, columns: 60 });
  expect(stdout).toContain("\u001b[32mready\u001b[39m");
  expect(Math.max(...plain.split("\n").map((line) => line.length))).toBe(60);
  expect(plain).toContain("…");
});

test.each([
  [["--no-color"], {}],
  [[], { NO_COLOR: "1" }],
  [[], { TERM: "dumb" }],
])("%j and %j leave colours out", async (options, env) => {
  await using served = await servedNode(new ScriptedNodeApi(appStatus("lnd")));
  const { stdout } = await runCommand(["status", ...options], { home: served.home, columns: 80, env });
  expect(stdout).not.toContain("\u001b");
});

test("a reason can't play tricks on the terminal", async () => {
  await using served = await servedNode(new ScriptedNodeApi(appStatus("lnd", { reason: "\u001b[2Jgone\r\u202e" })));
  const { stdout } = await runCommand(["status"], { home: served.home });
  expect(stdout).toContain("\\u001b[2Jgone\\u000d\\u202e");
});

test("an engine that does not answer is said first", async () => {
  const api = new ScriptedNodeApi();
  api.engine = { state: "unavailable", reason: "connection refused", since: NOW - MINUTE };
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["status"], { home: served.home, now: NOW });
  expect(code).toBe(0);
  expect(stdout).toBe(
    "archy  regtest  Podman does not answer since 1m: connection refused  /home-of-archy\n" +
      "No app is wanted yet: archipelago install APP\n",
  );
});

test("a plan with steps is its text form and exit 3; an empty one is exit 0", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  expect(await runCommand(["plan"], served)).toMatchObject({ code: 0, stdout: "plan p1\nnothing to do\n" });
  const diff = [{ path: "env.X", desired: "b", observed: "a", origin: "fact:host_ip", impact: "recreate" }] as const;
  api.planned = planView({
    id: "p2",
    steps: [planStep("bitcoin-ui", { diff })],
    holds: [{ app: appId("lnd"), kind: "person", reason: "it waits for a person" }],
  });
  const text =
    "plan p2\n+ create bitcoin-ui  recreate  it is not there\n    env.X: a -> b (fact:host_ip)\nheld:\n    lnd  it waits for a person\n";
  expect(await runCommand(["plan"], served)).toMatchObject({ code: 3, stdout: text });
  const coloured = await runCommand(["plan"], { ...served, columns: 200 });
  expect(coloured).toMatchObject({ code: 3, plain: text });
  expect(coloured.stdout).toContain("\u001b[32m+ create bitcoin-ui\u001b[39m");
  const json = await runCommand(["plan", "--json"], served);
  expect(json.code).toBe(3);
  expect(JSON.parse(json.stdout)).toEqual(api.planned);
});

test("a plan can be made without a daemon", async () => {
  const made = planView({ id: "p9" });
  const script = { home: "/nowhere", daemon: { offlinePlan: () => Promise.resolve(made) } };
  expect(await runCommand(["plan", "--offline", "--json"], script)).toMatchObject({
    code: 0,
    stdout: `${JSON.stringify(made, null, 2)}\n`,
  });
});

test("explain tells in sentences, then what differs, holds and was decided", async () => {
  const api = new ScriptedNodeApi(
    appStatus("lnd", { state: "failed", reason: "It exited with 1.", since: NOW - MINUTE }),
  );
  api.entries.push(historyEntry({ at: NOW - 2 * MINUTE, result: "failed" }), historyEntry({ app: "tor" }));
  api.planned = planView({ holds: [{ app: appId("lnd"), kind: "pause", reason: "a pause", until: NOW + 30_000 }] });
  const drift = [
    { path: "state", desired: "running", observed: "exited", origin: "outside", impact: "restart" },
  ] as const;
  const explain = api.explain.bind(api);
  api.explain = async (app) => ({ ...(await explain(app)), drift });
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["explain", "lnd"], { home: served.home, now: NOW });
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "lnd 1.0.0 is failed since 1m.",
      "  It exited with 1.",
      "Not as it should be:",
      "  state: exited -> running (outside)",
      "Held:",
      "  a pause (again in 30s)",
      "AGO  WHAT   RESULT  WHY",
      "2m   start  failed  it does not run",
      "",
    ].join("\n"),
  );
});

test("explain tells what failed last, with its exit code and its last 20 lines; --json has all of them", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd", { since: NOW }));
  const lines = Array.from({ length: 21 }, (_, line) => `line ${line + 1}`);
  const quarantine = {
    containers: { main: "v1:b" },
    version: "1.1.0",
    reason: "main exited with 3",
    at: NOW - MINUTE,
    failed: [
      { container: "main", name: "lnd.g2", exitCode: 3, lines },
      { container: "ui", name: "lnd-ui.g2", exitCode: null, lines: [] },
    ],
  };
  api.failures.set("lnd", quarantine);
  await using served = await servedNode(api);
  const { stdout } = await runCommand(["explain", "lnd"], { home: served.home, now: NOW });
  expect(stdout).toBe(
    [
      "lnd 1.0.0 is ready since 0s.",
      "  it answers",
      "Failed last: 1.1.0, 1m ago: main exited with 3",
      "  lnd.g2 exited with 3:",
      "    (1 earlier line: --json)",
      ...lines.slice(1).map((line) => `    | ${line}`),
      "  lnd-ui.g2 did not end by itself, and said nothing",
      "  It is tried again once it changes, or by: archipelago retry lnd",
      "",
    ].join("\n"),
  );
  const json = await runCommand(["explain", "lnd", "--json"], served);
  expect(JSON.parse(json.stdout).failure).toEqual(quarantine);
});

test("explain of an app that is not there is exit 1", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  expect(await runCommand(["explain", "no-app"], served)).toMatchObject({ code: 1, stderr: /no-app/ });
});

test("history is asked for what was said and shown newest first", async () => {
  const api = new ScriptedNodeApi();
  api.entries.push(
    historyEntry({ at: NOW - MINUTE, detail: "it took long" }),
    historyEntry({ at: NOW - 2 * MINUTE, app: null, actor: "daemon", action: "engine.lost", result: "noted" }),
    historyEntry({ at: NOW - 120 * MINUTE }),
  );
  await using served = await servedNode(api);
  const { stdout } = await runCommand(["history", "--since", "1h"], { home: served.home, now: NOW });
  expect(stdout).toBe(
    [
      "AGO  APP  WHO        WHAT         RESULT  WHY",
      "1m   lnd  reconcile  start        ok      it does not run: it took long",
      "2m        daemon     engine.lost  noted   it does not run",
      "",
    ].join("\n"),
  );
  const json = await runCommand(["history", "--app", "lnd", "--limit", "1", "--json"], served);
  expect(JSON.parse(json.stdout)).toEqual([api.entries[0]]);
});

test("facts say who says so", async () => {
  const api = new ScriptedNodeApi();
  api.overridden = ["host_ip"];
  await using served = await servedNode(api);
  const { stdout } = await runCommand(["facts"], served);
  expect(stdout).toContain("host_ip    192.0.2.7      node.yml (detected: 192.0.2.1)\n");
  expect(stdout).toContain("host_mdns  archy.local    detected\n");
});

const LINES = [
  { container: "main", stream: "stdout", text: "one" },
  { container: "ui", stream: "stderr", text: "two\u001b[2J" },
] as const;

test("logs name the container where it is not the only one", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  api.logLines.push(...LINES);
  await using served = await servedNode(api);
  expect(await runCommand(["logs", "lnd"], served)).toMatchObject({ code: 0, stdout: "one\nui | two\u001b[2J\n" });
  expect((await runCommand(["logs", "lnd", "-c", "ui"], { ...served, columns: 80 })).stdout).toBe("two\\u001b[2J\n");
  expect((await runCommand(["logs", "lnd", "-n", "1"], served)).stdout).toBe("ui | two\u001b[2J\n");
  const json = await runCommand(["logs", "lnd", "--json"], served);
  expect(json.stdout).toBe(LINES.map((line) => `${JSON.stringify(line)}\n`).join(""));
});

test("following logs ends at an interrupt, which is no failure", async () => {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  api.logLines.push(...LINES);
  await using served = await servedNode(api);
  const interrupt = new AbortController();
  const running = runCommand(["logs", "lnd", "-f"], { home: served.home, interrupt: interrupt.signal });
  await expect.poll(() => api.followers).toBe(1);
  interrupt.abort();
  expect((await running).code).toBe(0);
  await expect.poll(() => api.followers).toBe(0);
});
