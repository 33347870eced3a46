import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryTrash } from "../../src/testkit/memory-trash.ts";
import type { DesiredEdit } from "../../src/rpc/node-api.ts";
import { appText, consumerText, providerText } from "./apps.ts";
import { SimulatedNode } from "./simulated-node.ts";

const SLOW = "example.org/slow:1";
const FAR = "example.org/far:1";
const BAD = "example.org/bad:1";
const versioned = (version: string, image: string): string => appText("web", { image }, { version });
const CATALOGUE = {
  base: providerText(),
  user: consumerText(),
  web: versioned("1", SLOW),
  far: appText("far", { image: FAR }),
  bad: appText("bad", { image: BAD }),
};
const APPS = ["base", "user", "web", "far", "bad"] as const;
const KINDS = ["install", "install", "uninstall", "uninstall", "restart", "update", "stop", "start", "retry"] as const;

/** The daemon is asked and may die before it answers: what comes of it is seen in the end. */
function ask(node: SimulatedNode, edit: DesiredEdit): void {
  if (node.alive) node.daemon.service.edit(edit).catch(() => undefined);
}

type Deed = (node: SimulatedNode, pick: number) => void;

const DEEDS: Readonly<Record<string, Deed>> = {
  edit: (node, pick) => {
    const app = APPS[pick % APPS.length] ?? "web";
    ask(node, { kind: KINDS[pick % KINDS.length] ?? "install", apps: [app] });
  },
  two: (node, pick) => ask(node, { kind: pick % 2 === 0 ? "install" : "uninstall", apps: ["web", "far"] }),
  restore: (node, pick) => ask(node, { kind: "install", apps: [APPS[pick % APPS.length] ?? "web"], restore: true }),
  cancel: (node, pick) => {
    const jobs = node.jobs.list({ limit: 3 });
    const job = jobs[pick % Math.max(1, jobs.length)];
    if (job && node.alive) node.daemon.service.cancelJob(job.id).catch(() => undefined);
  },
  byHand: (node, pick) =>
    node.want(Object.fromEntries(APPS.filter((_, bit) => pick & (1 << bit)).map((app) => [app, {}]))),
  publish: (node, pick) => node.publish("web", versioned(String(1 + (pick % 3)), pick % 2 === 0 ? SLOW : BAD)),
  kill9: (node) => {
    if (node.alive) node.kill9();
  },
  killSoon: (node, pick) => node.engine.faults.killAt(1 + (pick % 4), pick % 2 === 0 ? "before" : "after"),
  away: ({ engine }) => engine.goAway(),
  back: ({ engine }) => engine.comeBack(),
};

const story = fc.array(
  fc.record({
    deed: fc.constantFrom(...Object.keys(DEEDS), "edit", "edit", "edit"),
    pick: fc.nat(1_000),
    pause: fc.constantFrom(0, 0, 10, 300, 3_000, 9_000, 40_000),
  }),
  { minLength: 5, maxLength: 25, size: "max" },
);

test("whatever is asked for, in whatever order, every job comes to an end, and no data is lost or taken from what runs", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (deeds) => {
      const node = new SimulatedNode({ catalogue: CATALOGUE, apps: { base: {}, web: {} } });
      node.engine.images.set(SLOW, { behaviour: { does: "serve", stopTakes: 5_000 } });
      node.engine.images.set(FAR, { present: false, pull: { takes: 20_000, layers: 3 } });
      node.engine.images.set(BAD, { behaviour: { does: "crash", after: 100 } });
      for (const app of APPS) node.trash.data.set(app, 100);
      const wrongs: string[] = [];
      const put = MemoryTrash.prototype.put.bind(node.trash);
      node.trash.put = async (app) => {
        if (node.containersOf(app).length > 0) wrongs.push(`the data of ${app} was taken from under its containers`);
        return put(app);
      };
      node.start();
      for (const { deed, pick, pause } of deeds) {
        DEEDS[deed]?.(node, pick);
        await node.pass(pause);
        if (node.alive || pick % 3 !== 0) continue;
        await node.pass(500);
        node.start();
      }
      node.engine.faults.clear();
      node.engine.restartService();
      await node.pass(1_000);
      if (!node.alive) node.start();
      await node.pass(1_800_000);
      const jobs = node.jobs.list({ limit: 1_000 });
      expect(
        jobs.filter(({ state }) => state === "running"),
        node.describe(),
      ).toEqual([]);
      expect(jobs.every(({ endedAt, reason }) => endedAt !== null && reason !== "")).toBe(true);
      for (const { id } of await node.trash.list()) await node.trash.measure(id);
      const kept = [...node.trash.data.values()].concat((await node.trash.list()).map(({ bytes }) => bytes ?? 0));
      expect(kept.reduce((sum, bytes) => sum + bytes, 0)).toBe(APPS.length * 100);
      expect(wrongs).toEqual([]);
    }),
    { numRuns: 80 },
  );
});
