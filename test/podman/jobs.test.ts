import { mkdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobView } from "../../src/rpc/node-api.ts";
import { BUSYBOX } from "./images.ts";
import { ended, eventually, Node, podman, RunningDaemon } from "./running-daemon.ts";

/** Starts at once, and is ready when the test opens its gate: a file in its data. */
const gated = (id: string, version = "1.0.0"): string => `
id: ${id}
name: Gated
version: ${version}
update: { stable_for: 1s }
container:
  image: ${BUSYBOX}
  entrypoint: ["/bin/sh", "-c", "exec sleep 100000", "${version}"]
  volumes: [{ source: gate, target: /gate }]
  stop: { signal: SIGKILL }
  health: { startup: { command: ["/bin/test", "-e", "/gate/${version}"], interval: 200ms, failures: 1000 } }
`;

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make([]);
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

const publish = (id: string, version?: string): Promise<void> => node.app(id, { "manifest.yml": gated(id, version) });

async function open(id: string, version = "1.0.0"): Promise<void> {
  await mkdir(node.file("data", id, "gate"), { recursive: true });
  await writeFile(node.file("data", id, "gate", version), "");
}

/** The job that a command began and did not wait for. */
async function began(...command: readonly string[]): Promise<JobView> {
  const { code, stdout, stderr } = await node.cli(...command, "--no-wait", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const answer: { readonly job: JobView } = JSON.parse(stdout);
  expect(answer.job).toMatchObject({ kind: command[0], actor: "cli", state: "running" });
  return answer.job;
}

/** Until it is that far. */
async function reaches(job: { readonly id: string }, phase: string): Promise<void> {
  await eventually(async () => expect(await daemon.api.job(job.id)).toMatchObject({ state: "running", phase }));
}

async function listed(id: string): Promise<JobView | undefined> {
  const { stdout } = await node.cli("jobs", "--json");
  const jobs: readonly JobView[] = JSON.parse(stdout);
  return jobs.find((job) => job.id === id);
}

/** A client that has begun to follow it. */
async function watch(job: JobView | undefined): Promise<ReturnType<Node["command"]>> {
  const watching = node.command("jobs", "watch", job?.id ?? "");
  await Promise.race([new Promise((resolve) => watching.child.stdout?.once("data", resolve)), watching.outcome]);
  return watching;
}

test("an install that is not waited for is in the list, and can be watched to its end", async () => {
  await publish("first");
  const job = await began("install", "first", "--yes");
  await reaches(job, "start");
  expect(await listed(job.id)).toMatchObject({ apps: ["first"], state: "running", phase: "start", fixed: null });
  expect((await node.cli("jobs")).stdout).toMatch(new RegExp(`${job.id} +install +first +`));
  const watching = node.command("jobs", "watch", job.id, "--json").outcome;
  await open("first");
  const { code, stdout } = await watching;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    jobs: [{ id: job.id, state: "done", reason: "first is ready" }],
    apps: [{ id: "first", state: "ready" }],
  });
  expect(await listed(job.id)).toMatchObject({ state: "done" });
  expect((await node.cli("jobs", "watch")).stdout).toContain("No job is running.");
});

test("an install that is cancelled is taken back, once", async () => {
  await publish("second");
  const job = await began("install", "second", "--yes");
  await reaches(job, "start");
  const cancelled = await node.cli("jobs", "cancel", job.id);
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining(`Job ${job.id} is cancelled.`) });
  expect(await readFile(node.file("node.yml"), "utf8")).not.toContain("second");
  await eventually(async () => expect(await podman("ps", "-aq", "--filter", "label=archipelago.app=second")).toBe(""));
  expect(await node.cli("jobs", "watch", job.id)).toMatchObject({ code: 1 });
  const again = await node.cli("jobs", "cancel", job.id);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("it is over: cancelled") });
  const unknown = await node.cli("jobs", "cancel", "install-none");
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no job install-none") });
});

test("an update that is cancelled before it was kept goes back to the version that ran", async () => {
  await publish("first", "2.0.0");
  await eventually(async () => expect((await daemon.app("first")).available).toBe("2.0.0"));
  const job = await began("update", "first", "--yes");
  await eventually(async () => expect(await podman("ps", "--format", "{{.Names}}")).toContain("first.g2"));
  expect(await readFile(node.file("node.yml"), "utf8")).toContain("2.0.0");
  expect(await node.cli("jobs", "cancel", job.id)).toMatchObject({ code: 0 });
  await daemon.settled("first");
  expect(await daemon.app("first")).toMatchObject({ version: "1.0.0", generation: 1, available: "2.0.0" });
  expect(await readFile(node.file("node.yml"), "utf8")).not.toContain("2.0.0");
  expect(await podman("ps", "-a", "--filter", "label=archipelago.app=first", "--format", "{{.Names}}")).toBe(
    "first.g1",
  );
});

test("a restart can't be taken back", async () => {
  await publish("third");
  await open("third");
  expect(await node.cli("install", "third", "--yes")).toMatchObject({ code: 0 });
  const job = await began("restart", "third");
  const refused = await node.cli("jobs", "cancel", job.id);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/can't be cancelled: .*(undone|it is over)/),
  });
  expect(await ended(daemon, job)).toMatchObject({ state: "done" });
});

test("a job outlives the client that waits for it, killed or interrupted", async () => {
  await publish("fourth");
  const killed = node.command("install", "fourth", "--yes");
  await eventually(async () => expect(await daemon.api.jobs({ app: "fourth", limit: 1 })).toHaveLength(1));
  killed.child.kill("SIGKILL");
  await killed.outcome;
  const [job] = await daemon.api.jobs({ app: "fourth", limit: 1 });
  expect(job).toMatchObject({ state: "running" });

  const watching = await watch(job);
  watching.child.kill("SIGINT");
  expect(await watching.outcome).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`Watch it: archipelago jobs watch ${job?.id}`),
  });
  await open("fourth");
  expect(await ended(daemon, job ?? null)).toMatchObject({ state: "done", reason: "fourth is ready" });
});

test("a job outlives the daemon, and who watches it sees it through", async () => {
  await publish("fifth");
  const job = await began("install", "fifth", "--yes");
  await reaches(job, "start");
  const { outcome } = await watch(job);
  await daemon.kill9();
  daemon = await RunningDaemon.start(node);
  await reaches(job, "start");
  await open("fifth");
  expect(await outcome).toMatchObject({ code: 0, stdout: expect.stringContaining("done. fifth is ready") });
  expect(await daemon.api.job(job.id)).toMatchObject({ state: "done", createdAt: job.createdAt });
  expect(await podman("ps", "-a", "--filter", "label=archipelago.app=fifth", "--format", "{{.Names}}")).toBe(
    "fifth.g1",
  );
});
