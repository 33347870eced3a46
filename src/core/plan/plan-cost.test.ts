import { expect, test } from "vitest";
import { appId, containerId } from "../ids.ts";
import { EMPTY_RECORD } from "../record/app-record.ts";
import type { Action, Step } from "./plan.ts";
import { planCost, type CostGround } from "./plan-cost.ts";

const step = (app: string, action: Action, container: string | null = "main"): Step => ({
  app: appId(app),
  container,
  action,
  reason: "r",
  impact: "recreate",
  diff: [],
  waits: null,
  counts: false,
});

const STOP: Action = { op: "stop", name: "lnd.g1", grace: 1_000 };

const GROUND: CostGround = {
  own: [{ app: "lnd", container: "main", name: "lnd.g1", alive: true, summary: { imageId: "1.0" } }],
  running: new Set(["lnd"]),
  records: new Map(),
  disks: [
    { path: "/d", what: "data", free: 5, total: 10 },
    { path: "/i", what: "images", free: 7, total: 10 },
  ],
  imageBytes: new Map([["1.0", 100]]),
};

const committed = (downtime: number | null) => ({
  ...EMPTY_RECORD,
  committed: { version: "1", containers: {}, at: 0, downtime, images: [], previousImages: [] },
});

test("a plan with nothing to do costs nothing, and the room for images is told all the same", () => {
  expect(planCost({ steps: [] }, GROUND)).toEqual({ images: [], disk: { needed: 0, free: 7 }, downtime: [] });
});

test("an image is as large as the one that runs now, each counts once, and one nobody runs can't be told", () => {
  const steps = [
    step("lnd", { op: "pull", image: "lnd:2" }),
    step("other", { op: "pull", image: "lnd:2" }),
    step("tor", { op: "pull", image: "tor:1" }),
  ];
  expect(planCost({ steps }, { ...GROUND, disks: [] })).toMatchObject({
    images: [
      { image: "lnd:2", bytes: 100 },
      { image: "tor:1", bytes: null },
    ],
    disk: { needed: 100, free: null },
  });
});

test.each<[string, Action, Partial<CostGround>, readonly unknown[]]>([
  ["a stop of what runs", STOP, { records: new Map([["lnd", committed(2_500)]]) }, [{ app: "lnd", ms: 2_500 }]],
  ["one that was never measured", STOP, { records: new Map([["lnd", committed(null)]]) }, [{ app: "lnd", ms: null }]],
  ["an app without a record", STOP, {}, [{ app: "lnd", ms: null }]],
  ["an app that is to stay stopped", STOP, { running: new Set<string>() }, []],
  ["a container that does not run", STOP, { own: [] }, []],
  [
    "a removal of what runs",
    { op: "remove", name: "lnd.g1", id: containerId("x"), force: true },
    {},
    [{ app: "lnd", ms: null }],
  ],
  ["a start", { op: "start", name: "lnd.g1" }, {}, []],
])("downtime: %s", (_what, action, ground, expected) => {
  expect(planCost({ steps: [step("lnd", action)] }, { ...GROUND, ...ground }).downtime).toEqual(expected);
});
