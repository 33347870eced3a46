import { expect, test } from "vitest";
import { appId } from "../ids.ts";
import { formatPlan } from "./format-plan.ts";
import type { PlanStepView } from "./plan-view.ts";

const step: PlanStepView = {
  app: "bitcoin-ui",
  container: "main",
  op: "create",
  reason: "a fact has changed",
  impact: "recreate",
  diff: [],
  waits: null,
};

test("an empty plan says that there is nothing to do", () => {
  expect(formatPlan({ id: "p1", steps: [], holds: [] })).toBe("plan p1\nnothing to do\n");
});

test("a step shows sign, op, target, impact and reason, with its diff and what it waits for below", () => {
  const text = formatPlan({
    id: "p1",
    steps: [
      {
        ...step,
        diff: [
          {
            path: "env.URL",
            observed: "http://192.0.2.1/",
            desired: "http://192.0.2.7/",
            origin: "fact:host_ip",
            impact: "recreate",
            cause: { from: "192.0.2.1", to: "192.0.2.7" },
          },
          {
            path: "env.HOST",
            observed: "192.0.2.1",
            desired: "192.0.2.7",
            origin: "fact:host_ip",
            impact: "recreate",
            cause: { from: "192.0.2.1", to: "192.0.2.7" },
          },
        ],
        waits: "bitcoin is not ready",
      },
      { ...step, app: "lnd", container: "ui", op: "remove", reason: "no longer wanted", impact: "restart" },
      { ...step, app: "lnd", container: null, op: "accept", reason: "it is committed", impact: "none" },
    ],
    holds: [{ app: appId("tor"), kind: "wait", reason: "an update waits for a person", until: 5 }],
  });
  expect(text).toBe(
    [
      "plan p1",
      "+ create bitcoin-ui  recreate  a fact has changed",
      "    env.URL: http://192.0.2.1/ -> http://192.0.2.7/ (fact:host_ip, 192.0.2.1 -> 192.0.2.7)",
      "    env.HOST: 192.0.2.1 -> 192.0.2.7 (fact:host_ip)",
      "    waits: bitcoin is not ready",
      "- remove lnd/ui  restart  no longer wanted",
      "~ accept lnd  none  it is committed",
      "held:",
      "    tor  an update waits for a person",
      "",
    ].join("\n"),
  );
});

test.each([
  [null, "x", "(none) -> x"],
  ["", "x y", '"" -> x y'],
  ["a\nb", " a", '"a\\nb" -> " a"'],
  ["a -> b", "(none)", '"a -> b" -> "(none)"'],
  ["\u001b[31mred", null, '"\\u001b[31mred" -> (none)'],
])("values %j and %j cannot be misread", (observed, desired, expected) => {
  const diff = [{ path: "p", observed, desired, origin: "outside", impact: "live" }] as const;
  expect(formatPlan({ id: "p", steps: [{ ...step, diff }], holds: [] })).toContain(`    p: ${expected} (outside)\n`);
});
