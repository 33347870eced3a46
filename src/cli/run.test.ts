import { expect, test } from "vitest";
import { ArcError } from "../core/errors/arc-error.ts";
import { ScriptedNodeApi } from "../testkit/scripted-node-api.ts";
import { runCommand } from "../testkit/scripted-io.ts";
import { servedNode } from "../testkit/served-node.ts";
import { temporaryFolder } from "../testkit/temporary-folder.ts";
import { VERSION } from "./version.ts";

test.each([["--version"], ["-V"], ["status", "--version"]])("%s %s prints the version", async (...argv) => {
  using home = temporaryFolder();
  expect(await runCommand(argv, { home: home.path })).toMatchObject({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
});

test("without a verb the help is shown, as a wrong use", async () => {
  using home = temporaryFolder();
  const { code, stderr } = await runCommand([], { home: home.path });
  expect(code).toBe(2);
  expect(stderr).toContain("Usage: archipelago");
});

test("help that was asked for is no failure", async () => {
  using home = temporaryFolder();
  const { code, stdout } = await runCommand(["install", "--help"], { home: home.path });
  expect(code).toBe(0);
  expect(stdout).toContain("--no-wait");
  expect(stdout).toContain("--home <dir>");
});

test.each([
  [["stauts"], "unknown command 'stauts'\n    (Did you mean status?)"],
  [["status", "--fast"], "unknown option '--fast'"],
  [["jobs", "wtch"], "too many arguments for 'jobs'"],
  [["jobs", "cancel"], "missing required argument 'id'"],
  [["install"], "missing required argument 'apps'"],
  [["logs", "lnd", "-n", "many"], "It must be a number from 0 to 10000."],
  [["apply", "--timeout", "soon"], "It must be a length of time such as 90s, 15m or 1h30m."],
  [["schema", "apps"], "It must be manifest or node."],
  [["up", "--log-level", "loud"], "It must be trace, debug"],
  [["history", "--since", "yesterday"], "neither a length of time nor a moment"],
])("%j is a wrong use", async (argv, words) => {
  using home = temporaryFolder();
  const text = await runCommand(argv, { home: home.path });
  expect(text).toMatchObject({ code: 2, stdout: "" });
  expect(text.stderr).toMatch(/^archipelago: /);
  expect(text.stderr).toContain(words);
  const json = await runCommand([...argv, "--json"], { home: home.path });
  expect(json).toMatchObject({ code: 2, stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "ARC_USAGE", problems: [] } });
});

test.each([
  ["status"],
  ["plan"],
  ["apply"],
  ["start", "lnd"],
  ["logs", "lnd"],
  ["explain", "lnd"],
  ["history"],
  ["facts"],
  ["update", "--all"],
  ["adopt"],
  ["jobs"],
  ["jobs", "watch"],
  ["jobs", "cancel", "1"],
  ["trash"],
  ["retry", "lnd"],
])("%s without a daemon says how to start one", async (...argv) => {
  using home = temporaryFolder();
  expect(await runCommand(argv, { home: home.path })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^archipelago: No daemon answers at .*\nStart one: `archipelago up`\.\n$/),
  });
});

test("--home counts before the environment, and before or after the verb", async () => {
  await using served = await servedNode(new ScriptedNodeApi());
  for (const argv of [
    ["--home", served.home, "status"],
    ["status", "--home", served.home],
  ])
    expect((await runCommand(argv, { home: "/nowhere" })).code).toBe(0);
});

test.each([
  [{ HOME: "/home-of-ann" }, "/home-of-ann/.local/share/archipelago/"],
  [{ XDG_DATA_HOME: "/data-of-ann" }, "/data-of-ann/archipelago/"],
  [{ XDG_DATA_HOME: "not/absolute", HOME: "/home-of-ann" }, "/home-of-ann/.local/share/archipelago/"],
])("without a word on it the home of a user with %j is %s", async (env, expected) => {
  using home = temporaryFolder();
  const { stderr } = await runCommand(["status"], { home: home.path, env: { ARCHIPELAGO_HOME: "", ...env } });
  expect(stderr).toContain(`No daemon answers at ${expected}run/archipelago.sock`);
});

test("an error of the daemon keeps its words, its hint and its problems", async () => {
  const api = new ScriptedNodeApi();
  const problems = [
    { code: "ARC_NODE_INVALID", message: "no such key", at: { file: "node.yml", line: 2, column: 3 } },
    { code: "ARC_NODE_INVALID", message: "no such app", path: "apps.x" },
  ] as const;
  api.failure = ArcError.fromProblems(problems);
  await using served = await servedNode(api);
  const text = await runCommand(["plan"], served);
  expect(text.code).toBe(1);
  expect(text.stderr).toBe(
    "archipelago: node.yml:2:3: no such key\n    apps.x: no such app\n" +
      "Mend the lines named; the daemon keeps the last valid state meanwhile.\n",
  );
  const json = await runCommand(["plan", "--json"], served);
  expect(json.stderr).toBe("");
  expect(JSON.parse(json.stdout).error).toMatchObject({ code: "ARC_NODE_INVALID", problems });
});
