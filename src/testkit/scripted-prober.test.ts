import { expect, it } from "vitest";
import type { ProbeManifest } from "../core/manifest/health-schema.ts";
import { createRequest } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";
import { ScriptedProber } from "./scripted-prober.ts";
import { SimulatedEngine } from "./simulated-engine.ts";

const TIMES = { interval: 1_000, timeout: 1_000, failures: 3 };
const TCP: ProbeManifest = { tcp: { port: 80 }, ...TIMES };
const COMMAND: ProbeManifest = { command: ["check"], ...TIMES };

async function machine() {
  const clock = new FakeClock();
  const engine = new SimulatedEngine({ clock });
  engine.images.set("image", { behaviour: { does: "serve", readyAfter: 500 } });
  await engine.client.create(
    createRequest("a", { image: "image", healthCommand: { command: ["check"], timeout: 1_000 } }),
  );
  await engine.client.start("a");
  const prober = new ScriptedProber(engine);
  const probe = async (probed: ProbeManifest) =>
    (await prober.probe({ name: "a", address: null }, probed, new AbortController().signal)).outcome;
  return { clock, engine, prober, probe };
}

it("passes once the container is ready, and fails when its process has died unseen", async () => {
  const { clock, engine, probe } = await machine();
  expect([await probe(TCP), await probe(COMMAND)]).toEqual(["fail", "fail"]);
  await clock.advance(500);
  expect([await probe(TCP), await probe(COMMAND)]).toEqual(["pass", "pass"]);
  engine.setHealth("a", { exitCode: 1, output: "sick" });
  expect([await probe(TCP), await probe(COMMAND)]).toEqual(["pass", "fail"]);
  engine.killConmonAndPayload("a");
  expect([await probe(TCP), await probe(COMMAND)]).toEqual(["fail", "fail"]);
});

it("says what it was told to say, by container, until told otherwise", async () => {
  const { clock, prober, probe } = await machine();
  await clock.advance(500);
  prober.answer("a", { outcome: "loading", detail: "syncing", progress: 0.5 });
  expect(await probe(TCP)).toBe("loading");
  prober.answer("a", (asked) => ({ outcome: asked.tcp ? "pass" : "fail", detail: "by kind" }));
  expect([await probe(TCP), await probe(COMMAND)]).toEqual(["pass", "fail"]);
  prober.answer("a", null);
  expect(await probe(COMMAND)).toBe("pass");
  expect(prober.probed).toHaveLength(4);
});
