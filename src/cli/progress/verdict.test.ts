import { expect, test } from "vitest";
import { appId } from "../../core/ids.ts";
import type { AppState, NodeStatus } from "../../core/status/status.ts";
import { appStatus, planView } from "../../testkit/views.ts";
import { isTriedSoon } from "./verdict.ts";

const status = (state: AppState): NodeStatus => ({
  node: { id: "n", name: "", chain: "mainnet", home: "/h", pid: 1 },
  engine: { state: "available", version: "4.3.1", since: 0 },
  notices: [],
  apps: [appStatus("web", { state })],
});

test.each<[string, AppState, number | undefined, readonly string[], boolean]>([
  ["that failed and is tried in a second", "failed", 1_000, ["web"], true],
  ["whose pause has grown long", "failed", 60_000, ["web"], false],
  ["that failed for good", "failed", undefined, ["web"], false],
  ["that is held, although it is looked at again", "held", 1_000, ["web"], false],
  ["that nobody waits for", "failed", 1_000, ["other"], false],
])("an app %s is waited for: %s", (_what, state, pause, watched, expected) => {
  const hold = {
    app: appId("web"),
    kind: "pause" as const,
    reason: "r",
    ...(pause !== undefined && { until: 100_000 + pause }),
  };
  expect(isTriedSoon(status(state), planView({ holds: [hold] }), watched, 100_000)).toBe(expected);
});
