import { expect, test } from "vitest";
import type { Quarantine } from "../../core/record/app-record.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { runCommand } from "../../testkit/scripted-io.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { appStatus, planStep, planView } from "../../testkit/views.ts";

const COST = {
  images: [
    { image: "docker.io/lnd:1.1", bytes: 412_000_000 },
    { image: "docker.io/lnd-ui:1.1", bytes: null },
  ],
  disk: { needed: 412_000_000, free: 31_000_000_000 },
  downtime: [
    { app: "lnd", ms: 4_300 },
    { app: "tor", ms: null },
  ],
};

const PREVIEW = `plan p1
+ create lnd  recreate  it is not there
images to fetch:
    docker.io/lnd:1.1  412 MB
    docker.io/lnd-ui:1.1  size not known
disk: 412 MB needed, 31 GB free
downtime expected:
    lnd  about 4 s (as the last time)
    tor  not measured yet
`;

/** lnd and tor have newer versions, bitcoin has none. */
function nodeToUpdate(): ScriptedNodeApi {
  const api = new ScriptedNodeApi(
    appStatus("bitcoin"),
    appStatus("lnd", { available: "1.1.0", url: "http://192.0.2.7:3006" }),
    appStatus("tor", { available: "2.0.0" }),
  );
  api.planned = planView({ steps: [planStep("lnd")], cost: COST });
  return api;
}

/** Once its job is looked at a second time the update has come to its end, as `after` says. */
function endsAs(
  api: ScriptedNodeApi,
  after: Parameters<typeof appStatus>[1],
  job: { state: "done" | "failed"; reason: string },
) {
  api.work.steps.push({ phase: "fetch", progress: { done: 3, total: 7, unit: "layers" }, reason: "its image comes" });
  const look = api.job.bind(api);
  api.job = async (id) => {
    if (api.work.steps.length > 0) return look(id);
    api.apps.set("lnd", appStatus("lnd", after));
    api.work.steps.push({ ...job, phase: "", progress: null, endedAt: Date.now(), fixed: "it is over" });
    return look(id);
  };
}

const DONE = { state: "done", reason: "lnd 1.1.0 does its work" } as const;
const FAILED = { state: "failed", reason: "lnd: main exited with 3" } as const;

test("update shows the plan with what it costs, asks, follows its job and says what runs now", async () => {
  const api = nodeToUpdate();
  endsAs(api, { version: "1.1.0", url: "http://192.0.2.7:3006" }, DONE);
  await using served = await servedNode(api);
  const done = await runCommand(["update", "lnd"], { ...served, columns: 120, typed: "y" });
  expect(done.plain).toContain(PREVIEW);
  expect(done.plain).toContain("Update lnd?");
  expect(done.plain).toContain("fetch 3/7 layers");
  expect(done.plain).toMatch(
    /update lnd: done\. lnd 1\.1\.0 does its work\n {2}lnd: updated to 1\.1\.0 {2}http:\/\/192\.0\.2\.7:3006\n$/,
  );
  expect(done.code).toBe(0);
  expect(api.edits).toEqual([{ kind: "update", apps: ["lnd"] }]);
});

test("what would not fit on the disk stands out", async () => {
  const api = nodeToUpdate();
  api.planned = planView({ cost: { ...COST, disk: { needed: 9_960_000_000, free: 2_500_000 } } });
  await using served = await servedNode(api);
  const { stdout } = await runCommand(["plan"], { ...served, columns: 120 });
  expect(stdout).toContain("\u001b[31m10 GB needed, 2.5 MB free\u001b[39m");
});

function quarantine(at: number, lines: number): Quarantine {
  const said = Array.from({ length: lines }, (_, line) => `line ${line + 1}`);
  const failed = [{ container: "main", name: "lnd.g2", exitCode: 3, lines: said }];
  return { containers: { main: "v1:b" }, version: "1.1.0", reason: "it exited with 3", at, failed };
}

const ROLLED_BACK = { state: "rolled-back", from: "1.0.0", to: "1.1.0", reason: "main exited with 3" } as const;

test("an update that was rolled back says why, what the container said last, and what comes next", async () => {
  const api = nodeToUpdate();
  endsAs(api, { rollout: ROLLED_BACK }, FAILED);
  api.failures.set("lnd", quarantine(Date.now() + 60_000, 22));
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["update", "lnd", "--yes"], served);
  expect(code).toBe(1);
  expect(stdout).toContain(
    [
      "update lnd: failed. lnd: main exited with 3",
      "  lnd: rolled back to 1.0.0",
      "  lnd.g2 exited with 3:",
      "    (2 earlier lines: --json)",
      "    | line 3",
    ].join("\n"),
  );
  expect(stdout).toMatch(/\| line 22\n {2}Why: archipelago explain lnd\. .*: archipelago retry lnd\n$/);
  expect(stdout).not.toContain("| line 2\n");
});

test("with --json a failed update has the whole log of what failed, but none that is older than its job", async () => {
  for (const [at, expected] of [
    [Date.now() + 60_000, 1],
    [1, 0],
  ] as const) {
    const api = nodeToUpdate();
    endsAs(api, { rollout: ROLLED_BACK }, FAILED);
    api.failures.set("lnd", quarantine(at, 200));
    await using served = await servedNode(api);
    const { code, stdout } = await runCommand(["update", "lnd", "--yes", "--json"], served);
    expect(code).toBe(1);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ job: { state: "failed" }, apps: [{ id: "lnd", rollout: ROLLED_BACK }] });
    expect(said.failures).toHaveLength(expected);
    if (expected > 0) expect(said.failures[0].failure.failed[0].lines).toHaveLength(200);
  }
});

test("an update that may not be rolled back says what it stays at", async () => {
  const api = nodeToUpdate();
  const rollout = { ...ROLLED_BACK, state: "stuck", reason: "its data was touched" } as const;
  endsAs(api, { version: "1.1.0", state: "held", rollout }, FAILED);
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["update", "lnd", "--yes"], served);
  expect(code).toBe(1);
  expect(stdout).toContain("  lnd: not rolled back, it stays at 1.1.0: its data was touched\n");
});

test("update --all takes every app that has an update, and no other", async () => {
  const api = nodeToUpdate();
  await using served = await servedNode(api);
  expect((await runCommand(["update", "--all", "--yes"], served)).code).toBe(0);
  expect(api.edits).toEqual([{ kind: "update", apps: ["lnd", "tor"] }]);
});

test("an app that was at that version already is not called updated", async () => {
  const api = nodeToUpdate();
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["update", "bitcoin", "--yes"], served);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n {2}bitcoin 1\.0\.0 is ready\n$/);
});

test("update --all of a node that is up to date is done, without a question", async () => {
  const api = new ScriptedNodeApi(appStatus("bitcoin"));
  await using served = await servedNode(api);
  expect(await runCommand(["update", "--all"], served)).toMatchObject({
    code: 0,
    stdout: "All apps are up to date.\n",
  });
  const json = await runCommand(["update", "--all", "--json"], served);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({ changed: [], plan: null, job: null });
  expect(api.edits).toEqual([]);
});

test.each([[[]], [["--all", "lnd"]]])("update %j is a wrong use", async (words) => {
  await using served = await servedNode(nodeToUpdate());
  expect(await runCommand(["update", ...words, "--yes"], served)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("either names of apps or --all"),
  });
});

test("one app that fails does not hide that another was updated", async () => {
  const api = nodeToUpdate();
  endsAs(api, { rollout: ROLLED_BACK }, FAILED);
  const look = api.job.bind(api);
  api.job = async (id) => {
    api.apps.set("tor", appStatus("tor", { version: "2.0.0" }));
    return look(id);
  };
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["update", "lnd", "tor", "--yes"], served);
  expect(code).toBe(1);
  expect(stdout).toContain("  lnd: rolled back to 1.0.0");
  expect(stdout).toContain("  tor: updated to 2.0.0\n");
});
