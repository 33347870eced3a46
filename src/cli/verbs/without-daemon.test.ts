import { join } from "node:path";
import { expect, test } from "vitest";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { Problem } from "../../core/errors/problem.ts";
import type { DaemonOptions } from "../../daemon/daemon-options.ts";
import type { Finding } from "../../daemon/offline.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { runCommand } from "../../testkit/scripted-io.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { temporaryFolder } from "../../testkit/temporary-folder.ts";

const PROBLEM: Problem = {
  code: "ARC_MANIFEST_INVALID",
  message: "must be a port",
  path: "ports.0",
  at: { file: "/here/apps/x/manifest.yml", line: 3, column: 5 },
};

const WARNING: Problem = {
  ...PROBLEM,
  message: "no digest",
  at: { file: "/elsewhere/manifest.yml", line: 3, column: 5 },
};

test("validate prints a problem a line, warnings marked, and exits 1", async () => {
  const asked: unknown[] = [];
  const validateFiles = async (dir: string, files: readonly string[]) => {
    asked.push(dir, files);
    return { problems: [PROBLEM], warnings: [WARNING], checked: ["apps/x/manifest.yml"] };
  };
  const script = { home: "/here", daemon: { validateFiles } };
  expect(await runCommand(["validate", "x/manifest.yml"], script)).toMatchObject({
    code: 1,
    stdout:
      "apps/x/manifest.yml:3:5: ports.0: must be a port\n" +
      "/elsewhere/manifest.yml:3:5: ports.0: warning: no digest\n" +
      "1 file checked, 1 problem, 1 warning\n",
  });
  expect(asked).toEqual(["/installed/apps", ["/here/x/manifest.yml"]]);
  const json = await runCommand(["validate", "--apps", "mine", "--json"], script);
  expect(JSON.parse(json.stdout)).toMatchObject({ problems: [PROBLEM], checked: ["apps/x/manifest.yml"] });
  expect(asked.slice(2)).toEqual(["/here/mine", []]);
});

test("warnings alone are no failure", async () => {
  const validateFiles = async () => ({ problems: [], warnings: [PROBLEM], checked: ["a", "b"] });
  expect(await runCommand(["validate"], { home: "/here", daemon: { validateFiles } })).toMatchObject({ code: 0 });
});

test.each([
  [[], "urn:archipelago:schema:manifest.v1"],
  [["node"], "urn:archipelago:schema:node.v1"],
])("schema %j prints a JSON Schema", async (argv, id) => {
  const { code, stdout } = await runCommand(["schema", ...argv], { home: "/here" });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ $id: id });
});

const FINDINGS: readonly Finding[] = [
  { name: "podman", ok: true, detail: "4.3.1", next: "" },
  { name: "runtime", ok: false, detail: "crun can't start anything here", next: "apt-get install runc" },
];

test("doctor says what is wrong and what to do, also without a daemon", async () => {
  using home = temporaryFolder();
  const { code, stdout } = await runCommand(["doctor"], {
    home: home.path,
    daemon: { diagnose: async () => FINDINGS },
  });
  expect(code).toBe(1);
  expect(stdout).toBe(
    [
      "ok    podman: 4.3.1",
      "bad   runtime: crun can't start anything here",
      "      apt-get install runc",
      `ok    daemon: No daemon answers at ${join(home.path, "run", "archipelago.sock")}.`,
      "      Start one: `archipelago up`.",
      "",
    ].join("\n"),
  );
});

test("doctor asks the daemon what it sees", async () => {
  const api = new ScriptedNodeApi();
  await using served = await servedNode(api);
  const script = { home: served.home, daemon: { diagnose: async () => [] } };
  expect((await runCommand(["doctor"], script)).code).toBe(0);
  api.engine = { state: "unavailable", reason: "connection refused", since: 0 };
  const json = await runCommand(["doctor", "--json"], script);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout).findings).toContainEqual(
    expect.objectContaining({ ok: false, detail: "connection refused" }),
  );
});

test("up says once where it answers, and ends well when it is interrupted", async () => {
  using home = temporaryFolder();
  const interrupt = new AbortController();
  const seen: DaemonOptions[] = [];
  const daemon = {
    run: async (options: DaemonOptions, signal: AbortSignal) => {
      seen.push(options);
      options.log?.info({ app: "lnd", token: "hunter2", deep: { secretEnv: { A: "hunter2" } } }, "it starts");
      options.onUp?.(["unix:/x.sock", "http://127.0.0.1:7700"]);
      interrupt.abort();
      expect(signal.aborted).toBe(true);
    },
  };
  const script = { home: home.path, daemon, interrupt: interrupt.signal };
  const plain = await runCommand(["up", "--listen", "127.0.0.1:7700", "--socket", "podman.sock"], script);
  expect(plain).toMatchObject({ code: 0, stdout: "archipelago is up: unix:/x.sock, http://127.0.0.1:7700\n" });
  expect(JSON.parse(plain.stderr)).toMatchObject({ level: 30, msg: "it starts", app: "lnd", token: "[kept back]" });
  expect(plain.stderr).not.toContain("hunter2");
  expect(seen[0]).toMatchObject({
    home: home.path,
    apps: "/installed/apps",
    socket: join(home.path, "podman.sock"),
    listen: "127.0.0.1:7700",
  });
  const human = await runCommand(["up"], { ...script, columns: 80 });
  expect(human.stderr).toMatch(/^\d\d:\d\d:\d\d info {3}it starts {2}app=lnd /);
  expect((await runCommand(["up", "--log-level", "error"], script)).stderr).toBe("");
});

test("a second daemon on one home is refused with what to do", async () => {
  const run = async () => {
    throw new ArcError("ARC_DAEMON_RUNNING", "A daemon runs here as process 7.");
  };
  expect(await runCommand(["up"], { home: "/here", daemon: { run } })).toMatchObject({
    code: 1,
    stderr: "archipelago: A daemon runs here as process 7.\nStop that one first, or name another --home.\n",
  });
});
