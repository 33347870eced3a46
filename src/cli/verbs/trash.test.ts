import { expect, test } from "vitest";
import type { TrashView } from "../../rpc/node-api.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { runCommand } from "../../testkit/scripted-io.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { appStatus, planStep, planView } from "../../testkit/views.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31, 12);

const LND: TrashView = { id: "lnd-2", app: "lnd", at: NOW - 2 * DAY, bytes: 1_234_000_000 };
const OLD: TrashView = { id: "lnd-1", app: "lnd", at: NOW - 9 * DAY, bytes: null };
const TOR: TrashView = { id: "tor-1", app: "tor", at: NOW - DAY, bytes: 900 };

function nodeWithTrash(...entries: readonly TrashView[]): ScriptedNodeApi {
  const api = new ScriptedNodeApi(appStatus("lnd"), appStatus("tor"));
  api.trashed.push(...entries);
  return api;
}

test("trash is a table with sizes and dates", async () => {
  await using served = await servedNode(nodeWithTrash(TOR, LND, OLD));
  const { code, stdout } = await runCommand(["trash"], { home: served.home, now: NOW });
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "ID     APP  SIZE            MOVED (UTC)       AGO",
      "tor-1  tor  900 B           2026-01-30 12:00  1d",
      "lnd-2  lnd  1.2 GB          2026-01-29 12:00  2d",
      "lnd-1  lnd  size not known  2026-01-22 12:00  9d",
      "",
    ].join("\n"),
  );
  expect(JSON.parse((await runCommand(["trash", "--json"], served)).stdout)).toEqual([TOR, LND, OLD]);
});

test.each([[[]], [["empty", "--yes"]]])("an empty trash is said, after trash %j", async (words) => {
  await using served = await servedNode(nodeWithTrash());
  expect(await runCommand(["trash", ...words], served)).toMatchObject({ code: 0, stdout: "The trash is empty.\n" });
  expect(JSON.parse((await runCommand(["trash", ...words, "--json"], served)).stdout)).toEqual([]);
});

test.each([
  [[], [TOR, LND, OLD]],
  [["lnd"], [LND, OLD]],
  [["lnd-1"], [OLD]],
  [
    ["tor", "lnd-2"],
    [TOR, LND],
  ],
])("trash empty --yes %j deletes what is named and nothing else", async (named, gone) => {
  const api = nodeWithTrash(TOR, LND, OLD);
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["trash", "empty", "--yes", "--json", ...named], served);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(gone);
  expect(api.trashed).toHaveLength(3 - gone.length);
});

test.each<[string, string | readonly string[], number, number]>([
  ["the name of each app", ["lnd\r", "tor\r"], 0, 0],
  ["only one of two names", ["lnd\r", "\u0003"], 1, 3],
  ["Ctrl-C", ["\u0003"], 1, 3],
  ["something else", "yes\r\u0003", 1, 3],
])("trash empty with %s typed", async (_what, typed, code, left) => {
  const api = nodeWithTrash(LND, OLD, TOR);
  await using served = await servedNode(api);
  const done = await runCommand(["trash", "empty"], { ...served, columns: 120, typed });
  expect(done.plain).toContain("Type lnd to go on.");
  expect(done.plain).toContain(code === 0 ? "Deleted: lnd-2, lnd-1, tor-1." : "Nothing was deleted.");
  expect(done.code).toBe(code);
  expect(api.trashed).toHaveLength(left);
});

test("trash empty without a terminal and without --yes deletes nothing", async () => {
  const api = nodeWithTrash(LND);
  await using served = await servedNode(api);
  for (const options of [[], ["--json"]]) {
    const { code, stdout, stderr } = await runCommand(["trash", "empty", "lnd", ...options], served);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain("archipelago trash empty --yes lnd");
  }
  expect(api.trashed).toEqual([LND]);
});

test("trash empty of what is not there deletes nothing", async () => {
  const api = nodeWithTrash(LND);
  await using served = await servedNode(api);
  expect(await runCommand(["trash", "empty", "--yes", "lnd", "bitcoin"], served)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("The trash has nothing of bitcoin."),
  });
  expect(api.trashed).toEqual([LND]);
});

test("uninstall says that data goes to the trash, and afterwards how much it is", async () => {
  const api = nodeWithTrash();
  api.scripts.set("lnd", ["ready", "absent"]);
  const end = api.job.bind(api);
  api.job = async (id) => {
    const job = await end(id);
    if (job.state === "done") api.trashed.push({ ...LND, at: job.createdAt + 5 });
    return job;
  };
  api.trashed.push(OLD);
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["uninstall", "lnd", "--yes"], served);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^The data goes to the trash\. Bring it back: archipelago install --restore lnd\n/);
  expect(stdout).toMatch(/ {2}lnd: its data is in the trash \(1\.2 GB\)\. .* archipelago trash empty lnd\n$/);
  expect(api.edits).toEqual([{ kind: "uninstall", apps: ["lnd"] }]);
});

test("uninstall --purge asks for the name of each app, and deletes what it was told to", async () => {
  const api = nodeWithTrash();
  api.planned = planView({ steps: [planStep("lnd", { op: "remove" })] });
  await using served = await servedNode(api);
  const script = { ...served, columns: 120 };
  const refused = await runCommand(["uninstall", "--purge", "lnd", "tor"], { ...script, typed: ["lnd\r", "\u0003"] });
  expect(refused.code).toBe(1);
  expect(refused.plain).toContain("The data of lnd, tor is deleted for good.\n");
  expect(refused.plain).toContain("- remove lnd");
  expect(refused.plain).toContain("Nothing was changed.");
  expect(api.edits).toEqual([]);
  api.scripts.set("lnd", ["absent"]).set("tor", ["absent"]);
  const done = await runCommand(["uninstall", "--purge", "lnd", "tor"], { ...script, typed: ["lnd\r", "tor\r"] });
  expect(done.code).toBe(0);
  expect(api.edits).toEqual([{ kind: "uninstall", apps: ["lnd", "tor"], purge: true }]);
});

test("uninstall --purge without a terminal says the whole command", async () => {
  const api = nodeWithTrash();
  await using served = await servedNode(api);
  expect(await runCommand(["uninstall", "--purge", "lnd", "tor"], served)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("archipelago uninstall --purge --yes lnd tor\n"),
  });
  expect(api.edits).toEqual([]);
});

test("an install that is asked about says what the trash has, and leaves it there", async () => {
  const api = nodeWithTrash(TOR, LND, OLD);
  api.scripts.set("lnd", ["ready"]);
  await using served = await servedNode(api);
  const done = await runCommand(["install", "lnd"], { ...served, now: NOW, columns: 120, typed: "y" });
  expect(done.plain).toMatch(/^The trash has data of lnd: 1\.2 GB, from 2026-01-29, 2d ago\.\n/);
  expect(done.plain).toContain("archipelago install --restore lnd");
  expect(done.code).toBe(0);
  expect(api.edits).toEqual([{ kind: "install", apps: ["lnd"] }]);
});

test("install --restore says nothing of the trash and brings the data back", async () => {
  const api = nodeWithTrash(LND);
  api.scripts.set("lnd", ["ready"]);
  await using served = await servedNode(api);
  const done = await runCommand(["install", "--restore", "lnd"], { ...served, columns: 120, typed: "y" });
  expect(done.plain).not.toContain("The trash has");
  expect(api.edits).toEqual([{ kind: "install", apps: ["lnd"], restore: true }]);
});
