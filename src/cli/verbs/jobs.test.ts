import { expect, test } from "vitest";
import { ArcError } from "../../core/errors/arc-error.ts";
import type { JobView } from "../../core/job/job.ts";
import { ScriptedNodeApi } from "../../testkit/scripted-node-api.ts";
import { runCommand } from "../../testkit/scripted-io.ts";
import { servedNode } from "../../testkit/served-node.ts";
import { appStatus, jobView } from "../../testkit/views.ts";

const NOW = 10_000_000;

const FETCHING = jobView({
  id: "job-2",
  kind: "update",
  phase: "fetch",
  progress: { done: 3, total: 7, unit: "layers" },
  reason: "its image comes",
  createdAt: NOW - 60_000,
});
const OVER = jobView({ id: "job-1", state: "failed", reason: "no such image", endedAt: 5, fixed: "it is over" });

function nodeWithJobs(...jobs: readonly JobView[]): ScriptedNodeApi {
  const api = new ScriptedNodeApi(appStatus("lnd"));
  for (const job of jobs) api.work.all.set(job.id, job);
  // Held open until a test lets it end.
  api.scripts.set("lnd", ["ready"]);
  return api;
}

test("jobs is a table, newest first", async () => {
  await using served = await servedNode(nodeWithJobs(OVER, FETCHING));
  const { code, stdout } = await runCommand(["jobs"], { home: served.home, now: NOW });
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "JOB    WHAT     APPS  STATE             WHO  AGO  REASON",
      "job-2  update   lnd   fetch 3/7 layers  cli  1m   its image comes",
      "job-1  install  lnd   failed            cli  -    no such image",
      "",
    ].join("\n"),
  );
  const json = await runCommand(["jobs", "--limit", "1", "--app", "lnd", "--json"], served);
  expect(JSON.parse(json.stdout)).toEqual([FETCHING]);
  expect((await runCommand(["jobs", "--app", "tor"], served)).stdout).toBe("There are no jobs.\n");
});

test("jobs watch follows all that run until they are over", async () => {
  const api = nodeWithJobs(OVER, FETCHING);
  api.scripts.clear();
  api.work.steps.push({ phase: "prove", progress: null, reason: "it has to go on for a while" });
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["jobs", "watch"], served);
  expect(code).toBe(0);
  expect(stdout).toBe(
    "update lnd: prove: it has to go on for a while\nupdate lnd: done. update is done\n  lnd: updated to 1.0.0\n",
  );
});

test("jobs watch of one that is over says how it ended", async () => {
  await using served = await servedNode(nodeWithJobs(OVER));
  const { code, stdout } = await runCommand(["jobs", "watch", "job-1"], served);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^install lnd: failed\. no such image\n/);
  const json = await runCommand(["jobs", "watch", "job-1", "--json"], served);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ jobs: [OVER], apps: [{ id: "lnd" }], failures: [], trash: [] });
});

test("jobs watch where nothing runs is done at once", async () => {
  await using served = await servedNode(nodeWithJobs(OVER));
  expect(await runCommand(["jobs", "watch"], served)).toMatchObject({ code: 0, stdout: "No job is running.\n" });
  expect(JSON.parse((await runCommand(["jobs", "watch", "--json"], served)).stdout)).toMatchObject({ jobs: [] });
});

test.each([
  [null, "Take it back: archipelago jobs cancel job-2."],
  ["its data is being moved", "It can't be cancelled: its data is being moved."],
])("an interrupt leaves a job running and says how to go on with it (fixed: %j)", async (fixed, words) => {
  const api = nodeWithJobs({ ...FETCHING, fixed });
  await using served = await servedNode(api);
  const script = { ...served, interrupt: AbortSignal.abort() };
  const { code, stderr } = await runCommand(["jobs", "watch", "job-2"], script);
  expect(code).toBe(1);
  expect(stderr).toContain("Job job-2 goes on. Watch it: archipelago jobs watch job-2.");
  expect(stderr).toContain(words);
  expect(api.work.all.get("job-2")?.state).toBe("running");
  expect(api.edits).toEqual([]);
});

test("a job that takes longer than --timeout goes on", async () => {
  const api = nodeWithJobs();
  api.scripts.set("lnd", ["loading"]);
  api.work.steps.push(...Array.from({ length: 1_000 }, () => ({ phase: "start", reason: "it starts" })));
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["update", "lnd", "--yes", "--timeout", "30ms", "--json"], served);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "ARC_TIMEOUT",
    message: "update lnd is at start after 0s.",
    hint: expect.stringContaining("archipelago jobs watch job-1"),
  });
});

test("a daemon that is away for a moment is waited for", async () => {
  const api = nodeWithJobs();
  const look = api.job.bind(api);
  let away = 3;
  api.job = async (id) => {
    away -= 1;
    if (away >= 0) throw new ArcError("ARC_DAEMON_UNREACHABLE", "No daemon answers.");
    return look(id);
  };
  await using served = await servedNode(api);
  const { code, stdout } = await runCommand(["install", "lnd", "--yes"], served);
  expect(code).toBe(0);
  expect(stdout).toContain("The daemon does not answer; its jobs go on once it does.\n");
});

test("a daemon that stays away is an error", async () => {
  const api = nodeWithJobs(FETCHING);
  const look = api.job.bind(api);
  let asked = 0;
  api.job = async (id) => {
    asked += 1;
    if (asked > 1) throw new ArcError("ARC_DAEMON_UNREACHABLE", "No daemon answers.");
    return look(id);
  };
  await using served = await servedNode(api);
  expect(await runCommand(["jobs", "watch", "job-2"], served)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("No daemon answers."),
  });
});

test("jobs cancel takes it back", async () => {
  await using served = await servedNode(nodeWithJobs(FETCHING));
  expect(await runCommand(["jobs", "cancel", "job-2"], served)).toMatchObject({
    code: 0,
    stdout: "Job job-2 is cancelled. it was cancelled\n",
  });
  const json = await runCommand(["jobs", "watch", "job-2", "--json"], served);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ jobs: [{ id: "job-2", state: "cancelled" }] });
});

test("a job that is being taken back is told as one", async () => {
  const api = nodeWithJobs(FETCHING);
  api.cancelJob = async () => ({ ...FETCHING, reason: "the earlier version comes back" });
  await using served = await servedNode(api);
  expect(await runCommand(["jobs", "cancel", "job-2"], served)).toMatchObject({
    code: 0,
    stdout: "It is being taken back: the earlier version comes back\n  archipelago jobs watch job-2\n",
  });
});

test.each([
  ["cancel", "job-1", "it is over"],
  ["cancel", "job-9", "There is no job job-9."],
  ["watch", "job-9", "There is no job job-9."],
])("jobs %s %s is refused with %j", async (verb, id, words) => {
  await using served = await servedNode(nodeWithJobs(OVER));
  expect(await runCommand(["jobs", verb, id], served)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(words),
  });
});
