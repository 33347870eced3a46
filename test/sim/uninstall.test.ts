import { describe, expect, test } from "vitest";
import { ArcError } from "../../src/core/errors/arc-error.ts";
import { appText, consumerText, providerText } from "./apps.ts";
import { ask, begin, DATA, end, look, nodeWith, slow } from "./asking.ts";
import type { SimulatedNode, SimulatedNodeOptions } from "./simulated-node.ts";

describe("uninstall", () => {
  const installed = async (more: Partial<SimulatedNodeOptions> = {}): Promise<SimulatedNode> => {
    const node = await nodeWith({ catalogue: { web: appText("web") }, apps: { web: {} }, ...more });
    node.trash.data.set("web", DATA);
    return node;
  };

  test("moves the data to the trash once the containers are gone, and says how to have it back", async () => {
    const node = await installed();
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    const { state, reason } = await end(node, job);
    expect([state, reason]).toEqual([
      "done",
      "web is gone; its data (3.2 GB, of 2023-11-14) lies in the trash: `archipelago install web --restore` brings it back",
    ]);
    expect(node.engineStates()).toEqual({});
    expect(node.trash.data.has("web")).toBe(false);
    const trash = await node.clock.run(node.daemon.service.trash());
    expect(trash).toMatchObject([{ app: "web", bytes: DATA }]);
  });

  test("with purge deletes it", async () => {
    const node = await installed();
    const job = await begin(node, { kind: "uninstall", apps: ["web"], purge: true });
    expect(await end(node, job)).toMatchObject({ state: "done", reason: "web and its data are gone" });
    expect(await node.clock.run(node.daemon.service.trash())).toEqual([]);
    expect(node.trash.data.has("web")).toBe(false);
  });

  test("of an app without data says so", async () => {
    const node = await installed();
    node.trash.data.clear();
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect((await end(node, job)).reason).toBe("web is gone; it had no data");
  });

  test.each<[string, (node: SimulatedNode) => void]>([
    ["broken", (node) => node.publish("web", "id: [")],
    ["gone", (node) => node.catalogue.delete("web")],
  ])("works when the manifest is %s", async (_how, spoil) => {
    const node = await installed();
    spoil(node);
    await node.accepted.forget("web");
    await node.settle();
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({ state: "done" });
    expect(node.engineStates()).toEqual({});
    expect(node.trash.data.has("web")).toBe(false);
  });

  test("of an app that somebody took out of node.yml takes what is left of it, and its data", async () => {
    const node = await installed({ catalogue: { web: slow("web"), other: appText("other") } });
    node.want({ other: {} });
    await node.pass(1_000);
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({ state: "done" });
    expect(node.trash.data.has("web")).toBe(false);
  });

  test("of an app of which nothing but its data is left takes that", async () => {
    const node = await installed();
    node.want({});
    await node.settle();
    expect(node.engineStates()).toEqual({});
    expect(node.trash.data.get("web")).toBe(DATA);
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({ state: "done" });
    expect(node.trash.data.has("web")).toBe(false);
    await expect(ask(node, { kind: "uninstall", apps: ["web"] })).rejects.toMatchObject({ code: "ARC_APP_UNKNOWN" });
  });

  test("of two apps moves no data before the containers of both are gone: one may read the other's", async () => {
    const node = await nodeWith({
      catalogue: { web: appText("web"), late: slow("late") },
      apps: { web: {}, late: {} },
    });
    node.trash.data.set("web", DATA);
    node.trash.data.set("late", DATA);
    const job = await begin(node, { kind: "uninstall", apps: ["web", "late"] });
    await node.until(() => node.containersOf("web").length === 0);
    await node.pass(2_000);
    expect(node.engine.container("late.g1")?.state).toBe("stopping");
    expect(node.trash.data.has("web")).toBe(true);
    expect(await end(node, job)).toMatchObject({ state: "done" });
    expect([...node.trash.data.keys()]).toEqual([]);
  });

  test("of an app that others require is refused with the list", async () => {
    const catalogue = { base: providerText(), user: consumerText() };
    const node = await nodeWith({ catalogue, apps: { base: {}, user: {} } });
    await expect(ask(node, { kind: "uninstall", apps: ["base"] })).rejects.toMatchObject({
      code: "ARC_APP_REQUIRED",
      message: "base is required by user",
    });
  });

  test("whose app somebody wants again in node.yml is over, and the data stays", async () => {
    const node = await installed({ catalogue: { web: slow("web") } });
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    await node.pass(1_000);
    node.want({ web: {} });
    expect(await end(node, job)).toMatchObject({ state: "cancelled", reason: /wanted again/ });
    await node.settle();
    expect(node.trash.data.get("web")).toBe(DATA);
  });

  test("then an install that began anew can be given up for the data of before, by its name", async () => {
    const node = await installed();
    await end(node, await begin(node, { kind: "uninstall", apps: ["web"] }));
    const fresh = await end(node, await begin(node, { kind: "install", apps: ["web"] }));
    const [, id = ""] = /--restore-from (\S+)`/.exec(fresh.reason) ?? [];
    node.trash.data.set("web", 1);
    await node.pass(1_000);
    await end(node, await begin(node, { kind: "uninstall", apps: ["web"] }));
    await expect(ask(node, { kind: "install", apps: ["web"], restore: "web-nothing" })).rejects.toThrow(
      "the trash holds no web-nothing of web",
    );
    await end(node, await begin(node, { kind: "install", apps: ["web"], restore: id }));
    expect(node.trash.data.get("web")).toBe(DATA);
  });

  test("then install offers the data back, and with restore brings it", async () => {
    const node = await installed();
    await end(node, await begin(node, { kind: "uninstall", apps: ["web"] }));
    const fresh = await begin(node, { kind: "install", apps: ["web"] });
    expect(fresh.reason).toMatch(/data of an earlier installation of web \(3.2 GB, of 2023-11-14\) lies in the trash/);
    expect((await end(node, fresh)).reason).toMatch(/^web is ready; data of an earlier/);
    await end(node, await begin(node, { kind: "uninstall", apps: ["web"] }));
    const restored = await begin(node, { kind: "install", apps: ["web"], restore: true });
    expect(await end(node, restored)).toMatchObject({ state: "done", reason: "web is ready" });
    expect(node.trash.data.get("web")).toBe(DATA);
    await expect(ask(node, { kind: "install", apps: ["web"], restore: true })).rejects.toMatchObject({
      code: "ARC_TRASH",
    });
  });
});

describe("an uninstall is never left half done:", () => {
  test.each(["trash", "purge"] as const)(
    "an uninstall killed around each call ends with its data taken away: %s",
    async (how) => {
      for (let nth = 1; ; nth += 1) {
        const node = await nodeWith({ catalogue: { web: slow("web") }, apps: { web: {} } });
        node.trash.data.set("web", DATA);
        const job = await begin(node, { kind: "uninstall", apps: ["web"], purge: how === "purge" });
        let calls = 0;
        for (const method of ["put", "measure", "remove"] as const)
          killAround(node, method, () => (calls += 1) === nth);
        await node.pass(15_000);
        const killed = !node.alive;
        if (killed) {
          node.start();
          await node.pass(5_000);
        }
        expect(await look(node, job)).toMatchObject({ state: "done" });
        expect(node.trash.data.has("web")).toBe(false);
        expect((await node.trash.list()).length).toBe(how === "trash" ? 1 : 0);
        if (killed) continue;
        // Two calls, each killed before and after.
        expect(nth).toBe(5);
        break;
      }
    },
  );

  test("an uninstall whose daemon is stopped while it deletes for long is no failure", async () => {
    const node = await nodeWith({ catalogue: { web: appText("web") }, apps: { web: {} } });
    node.trash.data.set("web", DATA);
    const remove = node.trash.remove.bind(node.trash);
    const begun = Promise.withResolvers<void>();
    node.trash.remove = async (id, signal?: AbortSignal) => {
      await remove(id);
      begun.resolve();
      await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    };
    const job = await begin(node, { kind: "uninstall", apps: ["web"], purge: true });
    await begun.promise;
    expect(await look(node, job)).toMatchObject({
      state: "running",
      phase: "trash",
      fixed: "its data is being deleted",
    });
    await node.stop();
    node.start();
    expect(await end(node, job)).toMatchObject({ state: "done", reason: "web and its data are gone" });
  });

  test("an uninstall whose data can't be moved ends as failed, and uninstall can be said again", async () => {
    const node = await nodeWith({ catalogue: { web: appText("web") }, apps: { web: {} } });
    node.trash.data.set("web", DATA);
    const put = node.trash.put.bind(node.trash);
    node.trash.put = () => Promise.reject(new ArcError("ARC_TRASH", "something is mounted there"));
    const job = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, job)).toMatchObject({
      state: "failed",
      reason: "web is gone; its data can't be taken away and stays: something is mounted there",
    });
    node.trash.put = put;
    node.kill9();
    node.start();
    await node.settle();
    const again = await begin(node, { kind: "uninstall", apps: ["web"] });
    expect(await end(node, again)).toMatchObject({ state: "done" });
    expect(node.trash.data.has("web")).toBe(false);
  });
});

/** The daemon dies in the chosen call: at one count before it is done, at the next after it. */
function killAround(node: SimulatedNode, method: "put" | "measure" | "remove", isNow: () => boolean): void {
  const { trash } = node;
  const original: (argument: string) => Promise<unknown> = trash[method].bind(trash);
  Object.defineProperty(trash, method, {
    configurable: true,
    value: async (argument: string) => {
      if (isNow()) node.kill9();
      if (!node.alive) return undefined;
      const result = await original(argument);
      if (isNow()) node.kill9();
      return result;
    },
  });
}
