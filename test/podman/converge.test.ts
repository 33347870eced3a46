import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get, Node, podman, RunningDaemon, UI_APPS } from "./running-daemon.ts";

const PORTS: Readonly<Record<(typeof UI_APPS)[number], number>> = {
  "bitcoin-ui": 3010,
  "electrs-ui": 3011,
  "lnd-ui": 3012,
};

let node: Node;
let daemon: RunningDaemon;

beforeAll(async () => {
  node = await Node.make(UI_APPS);
  daemon = await RunningDaemon.start(node);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

describe("a fresh store", () => {
  test("becomes three ready apps", async () => {
    await daemon.settled(...UI_APPS);
    const { apps, engine } = await daemon.api.status();
    expect(engine.state).toBe("available");
    expect(apps.map(({ id, state, generation }) => [id, state, generation])).toEqual(
      UI_APPS.map((id) => [id, "ready", 1]),
    );
  });

  test.each(UI_APPS)("%s answers 200 through its published port", async (app) => {
    expect((await get(PORTS[app])).status).toBe(200);
  });

  test.each(UI_APPS)("nginx inside %s has the rendered values", async (app) => {
    const rendered = await podman("exec", `${app}.g1`, "nginx", "-T");
    expect(rendered).toContain("Made by Archipelago");
    expect(rendered).not.toContain("{{");
  });

  test("each app has a network of its own, and its folder is accepted", async () => {
    for (const app of UI_APPS) {
      expect(await podman("network", "inspect", `archipelago-${app}`)).toContain('"isolate": "true"');
      expect(await readFile(node.file("accepted", app, "manifest.yml"), "utf8")).toContain(`id: ${app}`);
    }
  });
});

describe("a second look", () => {
  test("does nothing: one list, no inspect, no write", async () => {
    await daemon.settled(...UI_APPS);
    const before = daemon.log.length;
    const { steps, holds } = await daemon.api.plan();
    expect({ steps, holds }).toEqual({ steps: [], holds: [] });
    await daemon.api.plan(); // a look of its own, so that the first one's rows are all in
    const asked = daemon.log.slice(before).filter(({ msg }) => msg === "engine request");
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(["GET /containers/json"]));
  });

  test("is what the command line says as well", async () => {
    const plan = await node.cli("plan", "--json");
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({ steps: [], holds: [] });
    const status = await node.cli("status", "--json");
    expect(JSON.parse(status.stdout).apps.map(({ state }: { state: string }) => state)).toEqual([
      "ready",
      "ready",
      "ready",
    ]);
  });

  test("a second daemon on the same home is refused, and names the first", async () => {
    const second = await node.cli("up");
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(daemon.pid));
    await daemon.settled(...UI_APPS);
  });
});
