import { expect, test } from "vitest";
import { appId } from "../../core/ids.ts";
import type { HoldKind } from "../../core/plan/plan.ts";
import type { AppState, NodeStatus, RolloutStatus } from "../../core/status/status.ts";
import { appStatus, planView } from "../../testkit/views.ts";
import { arrival, isRestless, isTriedSoon, type Goal } from "./verdict.ts";

const NOW = 100_000;

const status = (state: AppState, rollout: RolloutStatus | null = null): NodeStatus => ({
  node: { id: "n", name: "", chain: "mainnet", home: "/h", pid: 1 },
  engine: { state: "available", version: "4.3.1", since: 0 },
  notices: [],
  apps: [appStatus("web", { state, rollout })],
});

const held = (kind: HoldKind, pause?: number) =>
  planView({ holds: [{ app: appId("web"), kind, reason: "r", ...(pause !== undefined && { until: NOW + pause }) }] });

const rollout = (state: RolloutStatus["state"]): RolloutStatus => ({ state, from: "1", to: "2", reason: "r" });

test.each<[string, AppState, number | undefined, readonly string[], boolean]>([
  ["that failed and is tried in a second", "failed", 1_000, ["web"], true],
  ["whose pause has grown long", "failed", 60_000, ["web"], false],
  ["that failed for good", "failed", undefined, ["web"], false],
  ["that is held, although it is looked at again", "held", 1_000, ["web"], false],
  ["that nobody waits for", "failed", 1_000, ["other"], false],
])("an app %s is waited for: %s", (_what, state, pause, watched, expected) => {
  expect(isTriedSoon(status(state), held("pause", pause), watched, NOW)).toBe(expected);
});

test.each<[AppState, RolloutStatus["state"], Goal, string]>([
  ["ready", "fetching", "converged", "moving"],
  ["loading", "proving", "converged", "moving"],
  ["ready", "rolled-back", "converged", "stuck"],
  ["ready", "stuck", "converged", "stuck"],
  ["failed", "switching", "converged", "stuck"],
  ["stopped", "switching", "converged", "arrived"],
  ["ready", "rolled-back", "ready", "arrived"],
  ["ready", "proving", "ready", "arrived"],
])("an app that is %s while its rollout is %s, on the way to %s, is %s", (state, rolling, goal, expected) => {
  expect(arrival(appStatus("web", { state, rollout: rollout(rolling) }), goal)).toBe(expected);
});

test.each<[RolloutStatus["state"], HoldKind, number | undefined, boolean]>([
  ["proving", "window", 60_000, true],
  ["switching", "wait", undefined, true],
  ["fetching", "pause", 1_000, true],
  ["fetching", "pause", 60_000, false],
  ["fetching", "disk", undefined, false],
  ["switching", "person", undefined, false],
  ["rolled-back", "window", 1_000, false],
])("a rollout that is %s with a hold of kind %s for %j ms goes on by itself: %s", (state, kind, pause, expected) => {
  expect(isRestless(status("ready", rollout(state)), held(kind, pause), NOW)).toBe(expected);
});
