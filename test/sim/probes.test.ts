import { describe, expect, test } from "vitest";
import type { ManifestInput } from "../../src/testkit/builders.ts";
import type { Behaviour } from "../../src/testkit/engine/behaviour.ts";
import { appText } from "./apps.ts";
import { NGINX, SimulatedNode } from "./simulated-node.ts";

type Health = NonNullable<NonNullable<ManifestInput["container"]>["health"]>;

const FAIL = { outcome: "fail", detail: "connection refused" } as const;
const PASS = { outcome: "pass", detail: "answers" } as const;

function probed(health: Health, behaviour: Behaviour = { does: "serve" }): SimulatedNode {
  const node = new SimulatedNode({ catalogue: { web: appText("web", { health }) } });
  node.engine.images.set(NGINX, { behaviour });
  return node;
}

const starts = (node: SimulatedNode): readonly number[] =>
  node.history.entries.filter(({ action }) => action === "start").map(({ at }) => at);

const tcp = { port: 80 } as const;

describe("probes", () => {
  test.each([0, 30, 150, 700])(
    "show an app ready soon after it is, though they are 10 s apart: %s ms",
    async (readyAfter) => {
      const node = probed(
        { startup: { tcp, interval: "10s" }, readiness: { tcp, interval: "10s" } },
        { does: "serve", readyAfter },
      );
      node.start();
      await node.clock.settle();
      const started = node.clock.now();
      await node.until(() => node.accepted.accepted.length > 0);
      expect(node.clock.now() - started).toBeLessThanOrEqual(readyAfter * 1.7 + 110);
    },
  );

  test("of a startup that fails as often as it may restart it, with growing pauses", async () => {
    const node = probed({ startup: { tcp, interval: "1s", failures: 5 } }, { does: "serve", readyAfter: 10_000_000 });
    node.start();
    await node.pass(300_000);
    const pauses = starts(node)
      .slice(1)
      .map((at, index) => Math.round((at - (starts(node)[index] ?? 0)) / 1_000));
    expect(
      pauses.slice(0, 3).every((pause) => pause >= 5 && pause <= 7),
      pauses.join(),
    ).toBe(true);
    expect(pauses.at(-1)).toBeGreaterThan(30);
    await node.until(() => (node.daemon.reconciler.last?.outlook.plan.holds.length ?? 0) > 0);
    const { state, reason } = await node.statusOf("web");
    expect(state).toBe("failed");
    expect(reason).toMatch(/startup probe.*refused/);
    expect(node.accepted.accepted).toEqual([]);
  });

  test("of a slow startup do not use up its failures before their time", async () => {
    const node = probed({ startup: { tcp, interval: "2s", failures: 5 } }, { does: "serve", readyAfter: 9_500 });
    node.start();
    await node.settle();
    expect(await node.states()).toEqual({ web: "ready" });
    expect(starts(node)).toHaveLength(1);
  });

  test("of liveness that fail restart it, and say so", async () => {
    const node = probed({ liveness: { tcp, interval: "5s", failures: 3 } });
    node.start();
    await node.settle();
    node.prober.answer("web.g1", FAIL);
    const since = node.clock.now();
    await node.until(() => starts(node).length === 2);
    expect(node.clock.now() - since).toBeGreaterThanOrEqual(10_000);
    node.prober.answer("web.g1", null);
    await node.pass(120_000);
    expect(starts(node)).toHaveLength(2);
    expect(node.entries(since)[0]).toMatchObject({
      action: "stop",
      reason: "web.g1 fails its liveness probe: connection refused",
      diff: [{ path: "liveness", observed: "connection refused", desired: "pass" }],
    });
    expect(await node.states()).toEqual({ web: "ready" });
  });

  test("of readiness that fail restart nothing and show it", async () => {
    const node = probed({ readiness: { tcp, interval: "5s", failures: 3 } });
    node.start();
    await node.settle();
    node.prober.answer("web.g1", FAIL);
    await node.pass(8_000);
    expect((await node.statusOf("web")).state).toBe("ready");
    await node.pass(3_600_000);
    expect((await node.statusOf("web")).state).toBe("failed");
    expect(starts(node)).toHaveLength(1);
    node.prober.answer("web.g1", PASS);
    await node.pass(6_000);
    expect((await node.statusOf("web")).state).toBe("ready");
  });

  test("that answer loading show how far it is, for days, and restart nothing", async () => {
    const readiness = { tcp, interval: "10s", failures: 3, loading: { output: "sync" } } as const;
    const node = probed({ readiness });
    node.prober.answer("web.g1", { outcome: "loading", detail: "height 100", progress: 0.25 });
    node.start();
    await node.pass(30_000);
    expect(await node.statusOf("web")).toMatchObject({
      state: "loading",
      progress: 0.25,
      reason: "it is loading 25.0 % (height 100)",
    });
    expect(node.accepted.accepted).toEqual(["web"]);
    node.prober.answer("web.g1", { outcome: "loading", detail: "height 300", progress: 0.75 });
    await node.pass(20_000);
    expect((await node.statusOf("web")).progress).toBe(0.75);
    await node.pass(48 * 3_600_000);
    expect(starts(node)).toHaveLength(1);
    node.prober.answer("web.g1", PASS);
    await node.pass(11_000);
    expect(await node.statusOf("web")).toMatchObject({ state: "ready", progress: null });
  });

  test("by command run through the engine", async () => {
    const node = probed({ readiness: { command: ["true"], interval: "2s" } });
    node.engine.setHealth("web.g1", { exitCode: 1, output: "no" });
    node.start();
    await node.pass(4_000);
    expect((await node.statusOf("web")).state).toBe("starting");
    node.engine.setHealth("web.g1", null);
    await node.pass(3_000);
    expect((await node.statusOf("web")).state).toBe("ready");
  });

  test("that break down count as failed", async () => {
    const node = probed({ readiness: { tcp, interval: "2s" } });
    node.prober.answer("web.g1", () => {
      throw new Error("no sockets left");
    });
    node.start();
    await node.pass(10_000);
    expect(await node.statusOf("web")).toMatchObject({ state: "failed", reason: "it is unready (no sockets left)" });
  });

  test("begin anew with each start", async () => {
    const node = probed(
      { startup: { tcp, interval: "1s" }, readiness: { tcp, interval: "1s" } },
      { does: "serve", readyAfter: 3_000 },
    );
    node.start();
    await node.settle();
    node.engine.killPayload("web.g1");
    await node.pass(1_000);
    expect((await node.statusOf("web")).state).toBe("starting");
    await node.pass(5_000);
    expect((await node.statusOf("web")).state).toBe("ready");
  });

  test("stop with the container and with the daemon", async () => {
    const node = probed({ readiness: { tcp, interval: "1s" }, liveness: { tcp, interval: "1s" } });
    node.start();
    await node.settle();
    node.want({ web: { state: "stopped" } });
    await node.settle();
    const probes = node.prober.probed.length;
    await node.pass(60_000);
    expect(node.prober.probed.length).toBe(probes);
    node.want({ web: {} });
    await node.settle();
    await node.stop();
    expect(node.clock.waiting).toBe(0);
  });
});
