import { describe, expect, test } from "vitest";
import type { ContainerSpec } from "../../src/core/spec/container-spec.ts";
import { NEW_ENTRY } from "../../src/core/manifest/node-schema.ts";
import { createRequest } from "../../src/testkit/builders.ts";
import type { JobView } from "../../src/rpc/node-api.ts";
import { appText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

const NEXT = "docker.io/library/nginx:1.29";
const WEB = { env: { COLOUR: "blue" }, network: "archy-net" };

/** Nothing is wanted, and somebody's script has started a container `web` that is what the manifest says, but for `other`. */
async function foreign(other: Partial<ContainerSpec> = {}, name = "web"): Promise<SimulatedNode> {
  const node = new SimulatedNode({ catalogue: { web: appText("web", WEB) }, apps: {} });
  node.engine.images.set(NEXT);
  node.start();
  await node.settle();
  const look = await node.clock.run(
    node.daemon.reconciler.preview((config) => ({ ...config, apps: { web: NEW_ENTRY } })),
  );
  const [entry] = look.desire.resolved.desired.apps;
  if (entry?.kind !== "resolved") throw new Error("web can't be resolved");
  const spec = entry.containers[0]?.spec;
  const { client } = node.engine;
  await node.clock.run(client.createNetwork({ name: "archy-net", app: null }, {}));
  await node.clock.run(client.create(createRequest(name, { ...spec, ...other })));
  await node.clock.run(client.start(name));
  return node;
}

const adopt = (
  node: SimulatedNode,
  more: { replace?: boolean; from?: readonly string[] } = {},
): Promise<JobView | null> =>
  node.clock.run(node.daemon.service.edit({ kind: "adopt", apps: ["web"], ...more })).then(({ job }) => job);

const identityOf = (node: SimulatedNode, name: string): string => {
  const found = node.engine.container(name);
  return found ? `${found.id} ${found.pid}` : "gone";
};

const jobOf = (node: SimulatedNode, job: JobView | null) => node.clock.run(node.daemon.service.job(job?.id ?? ""));

test("a container that is as the manifest says is taken over without a restart, and healed from then on", async () => {
  const node = await foreign();
  const before = identityOf(node, "web");
  const [found] = await node.clock.run(node.daemon.service.adoptable());
  expect(found).toMatchObject({ app: "web", container: "main", name: "web", verdict: "equal", diff: [] });
  const job = await adopt(node);
  await node.settle();
  expect(identityOf(node, "web")).toBe(before);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", generation: 1 });
  expect(await jobOf(node, job)).toMatchObject({ state: "done" });
  expect(await node.callsOfNextLook()).toEqual(["list"]);

  node.engine.killPayload("web");
  await node.settle();
  expect(node.engine.container("web")?.state).toBe("running");
  node.kill9();
  node.start();
  await node.settle();
  expect(await node.statusOf("web")).toMatchObject({ state: "ready" });
  expect(node.engine.containers()).toHaveLength(1);
});

test("one that differs is refused, and made anew on a person's word, with the old one at hand until it is proven", async () => {
  const node = await foreign({ env: { COLOUR: "red", EXTRA: "1" } });
  await expect(adopt(node)).rejects.toThrow(/differs in env\.COLOUR, env\.EXTRA/);
  expect(await node.states()).toEqual({});
  await adopt(node, { replace: true });
  await node.until(() => node.engine.container("web.g2")?.state === "running");
  expect(node.engine.container("web")?.state).toBe("exited");
  await node.settle();
  expect(node.engine.containers().map(({ name }) => name)).toEqual(["web.g2"]);
  expect((await node.records.read()).records.get("web")?.adopted).toEqual([]);
});

test("the old one comes back where its replacement fails", async () => {
  const node = await foreign({ image: NEXT });
  node.engine.images.set(NGINX, { behaviour: { does: "exit", code: 1, after: 50 } });
  const job = await adopt(node, { replace: true });
  await node.settle();
  expect(node.engine.containers().map(({ name, state }) => `${name} ${state}`)).toEqual(["web running"]);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready", rollout: { state: "rolled-back" } });
  expect(await jobOf(node, job)).toMatchObject({ state: "failed" });
});

test("an update moves it on like any other generation", async () => {
  const node = await foreign();
  await adopt(node);
  await node.settle();
  node.publish("web", appText("web", { ...WEB, env: { COLOUR: "green" } }));
  await node.pass(1_000);
  await node.settle();
  expect(node.engine.containers().map(({ name }) => name)).toEqual(["web.g2"]);
});

test("an uninstall ends it, and never before it was taken over", async () => {
  const node = await foreign();
  const look = identityOf(node, "web");
  await adopt(node);
  await node.settle();
  expect(identityOf(node, "web")).toBe(look);
  node.want({});
  await node.pass(5_000);
  await node.settle();
  expect(node.engine.containers()).toEqual([]);
});

test("a preview tells that nothing has to be done, or what would be", async () => {
  const planOf = (node: SimulatedNode, replace: boolean) =>
    node.clock.run(node.daemon.service.plan({ kind: "adopt", apps: ["web"], replace }));
  const ops = (plan: Awaited<ReturnType<typeof planOf>>) => plan.steps.map(({ op }) => op);
  expect(ops(await planOf(await foreign(), false))).toEqual(["accept"]);
  expect(ops(await planOf(await foreign({ image: NEXT }), true))).toEqual(["create", "stop", "start"]);
});

describe("an adoption that is cancelled", () => {
  const cancel = (node: SimulatedNode, job: JobView | null) =>
    node.clock.run(node.daemon.service.cancelJob(job?.id ?? ""));

  test("while its images come leaves the container as foreign as it was, and an install makes another", async () => {
    const node = await foreign({ image: NEXT });
    node.engine.images.set(NGINX, { present: false, pull: { takes: "hangs" } });
    const before = identityOf(node, "web");
    const job = await adopt(node, { replace: true });
    await node.pass(1_000);
    expect(await cancel(node, job)).toMatchObject({ state: "cancelled" });
    await node.pass(5_000);
    await node.settle();
    expect(identityOf(node, "web")).toBe(before);
    expect(await node.states()).toEqual({});
    node.engine.images.set(NGINX, { present: true });
    await node.clock.run(node.daemon.service.edit({ kind: "install", apps: ["web"] }));
    await node.settle();
    expect(identityOf(node, "web")).toBe(before);
    expect(node.engine.container("web.g1")?.state).toBe("running");
  });

  test("once it is done is refused: an uninstall ends it", async () => {
    const node = await foreign();
    const job = await adopt(node);
    await node.until(() => node.entries().some(({ action }) => action === "accept"));
    await expect(cancel(node, job)).rejects.toThrow(/can't be cancelled/);
    await node.settle();
    expect(node.engine.container("web")?.state).toBe("running");
  });
});

describe("it is never touched", () => {
  test("where it is another program of that name", async () => {
    const node = await foreign({ image: "quay.io/somebody/else:1" }).catch(() => null);
    expect(node).toBeNull();
  });

  test("where only its image is alike and nobody named it", async () => {
    const node = await foreign({}, "box");
    const before = identityOf(node, "box");
    await expect(adopt(node)).rejects.toThrow(/no container is named like web/);
    expect(identityOf(node, "box")).toBe(before);
    await adopt(node, { from: ["box"] });
    await node.settle();
    expect(identityOf(node, "box")).toBe(before);
    expect(await node.statusOf("web")).toMatchObject({ state: "ready" });
  });

  test("where the daemon is killed between the record and node.yml", async () => {
    for (const nth of [1, 2]) {
      for (const when of ["before", "after"] as const) {
        const node = await foreign();
        const before = identityOf(node, "web");
        node.effects.killAt(nth, when);
        const told = node.daemon.service.edit({ kind: "adopt", apps: ["web"] });
        told.catch(() => undefined);
        await node.settle();
        if (node.alive) node.kill9();
        node.start();
        await node.pass(70_000);
        await node.settle();
        expect(identityOf(node, "web"), `write ${nth} ${when}`).toBe(before);
        expect(node.engine.containers()).toHaveLength(1);
      }
    }
  });
});

test("a container that is adopted while its app's past is forgotten is not made a second time", async () => {
  const node = await foreign();
  const before = identityOf(node, "web");
  // What an app leaves that is no longer wanted, and a disk on which its removal takes a while.
  const past = (await node.catalogue.read()).get("web");
  if (!past) throw new Error("web is not in the catalogue");
  const forget = node.accepted.forget.bind(node.accepted);
  const { promise, resolve } = Promise.withResolvers<void>();
  node.accepted.forget = async (app) => {
    await promise;
    await forget(app);
  };
  await node.accepted.accept(past);
  node.daemon.reconciler.poke("now");
  await node.pass(1_000);
  const asked = node.daemon.service.edit({ kind: "adopt", apps: ["web"] });
  await node.pass(100);
  resolve();
  await asked;
  await node.pass(5_000);
  await node.settle();
  expect(node.engine.containers()).toHaveLength(1);
  expect(identityOf(node, "web")).toBe(before);
  expect(await node.statusOf("web")).toMatchObject({ state: "ready" });
});
